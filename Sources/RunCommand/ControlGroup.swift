import Glibc

/// A control group of version 2, where systemd mounts them; see cgroups(7).
struct ControlGroup: Equatable {
    /// Its folder.
    let path: String

    /// The group of a process; nil where groups are of version 1 alone.
    init?(of process: pid_t) {
        let text = FileSystem.contents(of: "/proc/\(process)/cgroup", sizeLimit: 65536) ?? []
        guard let line = text.split(separator: UInt8(ascii: "\n")).first(where: { $0.starts(with: "0::".utf8) }) else {
            return nil
        }
        path = "/sys/fs/cgroup" + String(decoding: line.dropFirst(3), as: UTF8.self)
    }

    /// Whether a limit is set in one of its files.
    func holdsLimit(in file: String) -> Bool {
        let limit = FileSystem.contents(of: "\(path)/\(file)", sizeLimit: 256) ?? []
        return !limit.isEmpty && !limit.starts(with: "max".utf8)
    }

    /// How many of its processes the kernel has killed because its memory was used up.
    var memoryKills: Int {
        let events = FileSystem.contents(of: "\(path)/memory.events", sizeLimit: 4096) ?? []
        let words = String(decoding: events, as: UTF8.self).split { $0 == " " || $0 == "\n" }
        guard let name = words.firstIndex(of: "oom_kill"), name + 1 < words.count else { return 0 }
        return Int(words[name + 1]) ?? 0
    }

    /// Moves this process into it. Throws `RunError.systemCall`: an ordinary user has to own what both groups are in.
    func join() throws {
        let file = "\(path)/cgroup.procs"
        let descriptor = unsafe open(file, O_WRONLY | O_CLOEXEC)
        defer { close(descriptor) }
        guard descriptor >= 0, unsafe write(descriptor, "0", 1) == 1 else {
            throw RunError.systemCall("write", subject: file, reason: FileSystem.lastError)
        }
    }
}
