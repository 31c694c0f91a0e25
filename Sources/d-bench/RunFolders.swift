import Glibc
import Layers

/// Fresh folders for runs that write files, on tmpfs or on disk.
///
/// On disk they are emptied after a run but only removed at the end of all: ext4 avoids inodes that were freed in the
/// last five minutes, so that removing files makes whoever unpacks next search for others, several times slower.
/// What had not been written yet when a file is emptied never is, so that nobody pays for another's.
final class RunFolders {
    private let path: String
    private let isOnDisk: Bool
    private var count = 0

    /// Makes `path`; what an interrupted benchmark has left there is removed.
    init(_ path: String, isOnDisk: Bool) throws {
        self.path = path
        self.isOnDisk = isOnDisk
        try remove()
        guard unsafe mkdir(path, 0o700) == 0 else { throw BenchError.system("mkdir", path, errno) }
    }

    /// What the tables call this place.
    var name: String { isOnDisk ? "disk" : "tmpfs" }

    /// A new empty folder.
    func next() throws(BenchError) -> String {
        count += 1
        let folder = "\(path)/\(count)"
        guard unsafe mkdir(folder, 0o700) == 0 else { throw .system("mkdir", folder, errno) }
        return folder
    }

    /// Gives back the space of a folder.
    func finish(_ folder: String) throws {
        guard isOnDisk else { return try Tree.remove(folder) }
        try Program(
            "find", folder, "-type", "f", "-exec", "chmod", "u+w", "{}", "+", "-exec", "truncate", "-s0", "{}", "+"
        )
        .run()
    }

    /// Removes everything.
    func remove() throws { try Tree.remove(path) }
}
