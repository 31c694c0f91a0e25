import Console
import Glibc

/// Limits of all of a container's processes together: a control group that systemd makes for them.
struct GroupLimits: Equatable {
    var memory: ByteSize?
    var processors: ProcessorCount?
    var processes: ProcessCount?

    /// The files of the control group that hold the limits, for a look at whether they came to be: a controller that is
    /// not delegated to the user is passed over in silence by systemd.
    var files: [String] {
        (memory == nil ? [] : ["memory.max"]) + (processors == nil ? [] : ["cpu.max"])
            + (processes == nil ? [] : ["pids.max"])
    }

    /// systemd-run with its options, to stand before a command; empty without limits. Root asks the system's manager,
    /// everybody else their own. `helpers` are processes in the group that are not the container's.
    func words(isRoot: Bool, helpers: Int) -> [String] {
        guard !files.isEmpty else { return [] }
        var properties: [String] = []
        // A process that is one too many for the memory is killed alone; without `Delegate` systemd ends the others too,
        // and before version 253 it does in any case.
        if let memory { properties += ["MemoryMax=\(memory.bytes)", "MemorySwapMax=0", "Delegate=yes"] }
        if let processors { properties.append("CPUQuota=\(processors.percent)%") }
        if let processes { properties.append("TasksMax=\(Int(processes.value) + helpers)") }
        return Self.scope(isRoot: isRoot, properties)
    }

    /// systemd-run with its options for a group of its own.
    static func scope(isRoot: Bool, _ properties: [String] = []) -> [String] {
        ["systemd-run"] + (isRoot ? [] : ["--user"]) + ["--scope", "--quiet", "--collect"]
            + properties.flatMap { ["--property", $0] } + ["--"]
    }

    /// Throws `RunError.noManager` where nobody can make the group.
    static func check(isRoot: Bool) throws {
        let folder = isRoot ? "/run" : FileSystem.environment("XDG_RUNTIME_DIR") ?? ""
        guard FileSystem.search("systemd-run") != nil, FileSystem.entry("\(folder)/systemd/private") != nil else {
            throw RunError.noManager
        }
    }

    /// Tells people when processes of this one's group were killed for their memory; the command's status may not.
    static func tellOfKills(files: [String]) {
        guard files.contains("memory.max"), let kills = ControlGroup(of: getpid())?.memoryKills, kills > 0 else {
            return
        }
        Terminal.report(
            "the container reached its limit of memory, and the kernel killed \(kills) of its processes; give it more "
                + "with --memory", from: RunOptions.syntax.name)
    }

    /// Throws `RunError.limitIgnored` when the group of this process lacks one of the limits.
    static func verify(files: [String]) throws {
        guard !files.isEmpty else { return }
        let group = ControlGroup(of: getpid())
        for file in files where group?.holdsLimit(in: file) != true { throw RunError.limitIgnored(file) }
    }
}
