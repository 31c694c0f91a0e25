import Bubblewrap
import Glibc

/// How a running d-run has its program run, for another one beside it.
struct EntrySettings {
    static let sizeLimit = 16 << 20
    static let filterSizeLimit = 4096 * 8

    /// `NAME=VALUE`.
    private(set) var environment: [String] = []
    private(set) var workingDirectory = "/"
    /// Numbers of capabilities.
    private(set) var capabilities: Set<Int> = []
    /// Each as the kernel reads it.
    private(set) var filters: [[UInt8]] = []

    /// Reads the files in memory of the process. `terminal` tells whether the program shall have one.
    init(of run: pid_t, terminal: Bool) throws {
        let text = try Self.memory(of: run, BubblewrapProcess.argumentsDescriptor, sizeLimit: Self.sizeLimit)
        var words = text.split(separator: 0, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }[...]
        while let word = words.popFirst() {
            switch word {
            case "--setenv":
                guard let name = words.popFirst(), let value = words.popFirst() else { break }
                environment.removeAll { $0.hasPrefix("\(name)=") }
                environment.append("\(name)=\(value)")
            case "--chdir": workingDirectory = words.popFirst() ?? "/"
            case "--cap-add":
                if let number = words.popFirst().flatMap(Self.capabilities.firstIndex) { capabilities.insert(number) }
            case "--seccomp":
                guard let descriptor = words.popFirst().flatMap({ CInt($0) }) else { break }
                filters.append(try Self.memory(of: run, descriptor, sizeLimit: Self.filterSizeLimit))
            default: break
            }
        }
        guard terminal else { return }
        filters.append(SeccompFilter(.terminal).bytes)
        if let term = FileSystem.environment("TERM") { environment.append("TERM=\(term)") }
    }

    /// Looks for programs where a process inside sees them.
    var search: CommandSearch {
        CommandSearch(
            resolver: RootResolver(rootfs: "/"),
            path: environment.last { $0.hasPrefix("PATH=") }.map { String($0.dropFirst(5)) } ?? "",
            workingDirectory: workingDirectory)
    }

    private static func memory(of run: pid_t, _ descriptor: CInt, sizeLimit: Int) throws -> [UInt8] {
        let name = "/memfd:\(BubblewrapProcess.memoryName(descriptor)) (deleted)"
        let folder = "/proc/\(run)/fd"
        let path = FileSystem.names(in: folder).map { "\(folder)/\($0)" }.first {
            FileSystem.target(ofLink: $0) == name
        }
        let opened = path.map { unsafe open($0, O_RDONLY | O_CLOEXEC) } ?? -1
        defer { close(opened) }
        guard opened >= 0, let bytes = FileSystem.readToEnd(opened, sizeLimit: sizeLimit) else {
            throw RunError.unreadableContainer(run, reason: "it is just starting or ending, or is another user's")
        }
        return bytes
    }

    /// In the order of their numbers, as far as d-run gives them (linux/capability.h).
    private static let capabilities = [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID",
        "CAP_SETUID", "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST",
        "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_IPC_LOCK", "CAP_IPC_OWNER", "CAP_SYS_MODULE", "CAP_SYS_RAWIO",
        "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SYS_PACCT", "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE",
        "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD", "CAP_LEASE", "CAP_AUDIT_WRITE",
        "CAP_AUDIT_CONTROL", "CAP_SETFCAP",
    ]
}
