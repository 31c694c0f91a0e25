import Bubblewrap
import Glibc

/// A named volume that a run is the first to use.
struct NewVolume: Equatable {
    /// `DIR/volumes/NAME`.
    let path: String
    /// The folder of the rootfs that it covers, whose content it starts with.
    let content: String?

    private var folder: String { String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)) }

    /// The commands for a shell that make it.
    var shellText: String {
        let words = content.map { ["cp", "-a", "--", $0, path] } ?? ["mkdir", "--", path]
        return "mkdir -p -- \(ShellWord.quote(folder)) && " + words.map(ShellWord.quote).joined(separator: " ")
    }

    /// Makes it, whole or not at all; another run may be making the same.
    func make() throws {
        try FileSystem.makeFolder(folder)
        guard let content else { return try FileSystem.makeFolder(path) }
        // No name of a volume starts with a period.
        let temporary = "\(folder)/.new-\(getpid())"
        guard FileSystem.run(["cp", "-a", "--", content, temporary]) == 0 else {
            _ = FileSystem.run(["rm", "-rf", "--", temporary])
            throw RunError.systemCall("cp -a", subject: content, reason: "the new volume \(path) was not made")
        }
        if unsafe rename(temporary, path) != 0 {
            let reason = FileSystem.lastError
            _ = FileSystem.run(["rm", "-rf", "--", temporary])
            guard FileSystem.entry(path)?.kind == .folder else {
                throw RunError.systemCall("rename", subject: path, reason: reason)
            }
        }
    }
}
