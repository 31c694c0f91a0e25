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
        return ["systemd-run"] + (isRoot ? [] : ["--user"]) + ["--scope", "--quiet", "--collect"]
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
        let text = FileSystem.contents(of: "/proc/self/cgroup", sizeLimit: 65536) ?? []
        let line = text.split(separator: UInt8(ascii: "\n")).first { $0.starts(with: "0::".utf8) } ?? []
        let group = "/sys/fs/cgroup" + String(decoding: line.dropFirst(3), as: UTF8.self)
        for file in files {
            let limit = FileSystem.contents(of: "\(group)/\(file)", sizeLimit: 256) ?? []
            guard !limit.isEmpty, !limit.starts(with: "max".utf8) else { throw RunError.limitIgnored(file) }
        }
    }
}
