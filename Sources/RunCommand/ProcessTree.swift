import Glibc

/// Who started whom, by /proc.
enum ProcessTree {
    /// The command: the first child of the init that is bwrap's only child.
    static func command(ofBubblewrap process: pid_t) -> pid_t? {
        children(of: process).first.flatMap { children(of: $0).first }
    }

    /// The init of the container that a d-run has started: the last of its descendants that is process 1 of a pid
    /// namespace. Between them are the second start of d-run, beside which pasta may run, and bwrap.
    static func initProcess(below run: pid_t) -> pid_t? {
        var found: pid_t?
        var current = run
        for _ in 0..<4 {
            let children = children(of: current)
            if let first = children.first(where: isFirst) {
                found = first
                current = first
            } else if found == nil, let child = children.first {
                current = child
            } else {
                break
            }
        }
        return found
    }

    /// What the second start of a d-run was told to do; nil when it has not come to it yet.
    static func launch(of run: pid_t) -> Launch? {
        children(of: run).lazy.compactMap { child in
            let text = FileSystem.contents(of: "/proc/\(child)/cmdline", sizeLimit: 16 << 20) ?? []
            return Launch(
                text.split(separator: 0, omittingEmptySubsequences: false).dropFirst().dropLast()
                    .map { String(decoding: $0, as: UTF8.self) })
        }.first
    }

    /// Whether a process is number 1 of its pid namespace.
    private static func isFirst(_ process: pid_t) -> Bool {
        let status = FileSystem.contents(of: "/proc/\(process)/status", sizeLimit: 65536) ?? []
        let line = status.split(separator: UInt8(ascii: "\n")).first { $0.starts(with: "NSpid:".utf8) } ?? []
        return line.split(separator: UInt8(ascii: "\t")).last?.elementsEqual("1".utf8) ?? false
    }

    /// In the order in which they were started.
    private static func children(of process: pid_t) -> [pid_t] {
        let text = FileSystem.contents(of: "/proc/\(process)/task/\(process)/children", sizeLimit: 1 << 20) ?? []
        return text.split(separator: UInt8(ascii: " ")).compactMap { pid_t(String(decoding: $0, as: UTF8.self)) }
    }
}
