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
    /// everybody else their own.
    func words(isRoot: Bool) -> [String] {
        guard !files.isEmpty else { return [] }
        var properties: [String] = []
        if let memory { properties += ["MemoryMax=\(memory.bytes)", "MemorySwapMax=0"] }
        if let processors { properties.append("CPUQuota=\(processors.percent)%") }
        if let processes { properties.append("TasksMax=\(processes.value)") }
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

    /// Throws `RunError.limitIgnored` when the group of this process lacks one of the limits.
    static func verify(files: [String]) throws {
        guard !files.isEmpty else { return }
        let group = ControlGroup(of: getpid())
        for file in files where group?.holdsLimit(in: file) != true { throw RunError.limitIgnored(file) }
    }
}
