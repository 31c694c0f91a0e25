import Glibc

extension LayerApplier {
    /// Sets the modes and times of all directories, each after those in it, so that neither a closed directory nor its
    /// time is in the way of what is in it. Nothing can be applied after it.
    public mutating func finish() throws -> Summary {
        let top = dup(root.descriptor)
        guard top >= 0 else { throw LayerError.system("dup", ".", errno) }
        var descent = try Descent(
            from: top, DirectoryNames(of: top, at: .root, onlyDirectories: true), at: .root)
        while true {
            if let name = descent.nextName() {
                let path = descent.path.appending(name)
                let metadata = directories[path]
                if let metadata, metadata.hasMode, !metadata.holdsDirectories {
                    let above = RootDirectory.Directory(descriptor: descent.descriptor, path: descent.path)
                    try root.setTime(name, in: above, metadata.mtime)
                    continue
                }
                let child = unsafe RootDirectory.withName(name) {
                    unsafe openat(descent.descriptor, $0, RootDirectory.directoryFlags)
                }
                guard child >= 0 else { throw LayerError.system("open", "\(path)", errno) }
                if metadata?.holdsDirectories == false {
                    defer { close(child) }
                    try finishDirectory(child, at: path)
                } else {
                    try descent.enter(name, child, DirectoryNames(of: child, at: path, onlyDirectories: true))
                }
            } else if descent.isAtStart {
                try finishDirectory(descent.descriptor, at: .root)
                return summary
            } else {
                // A closed directory does not let back either.
                let finished = dup(descent.descriptor)
                let path = descent.path
                defer { close(finished) }
                _ = try descent.leave()
                try finishDirectory(finished, at: path)
            }
        }
    }

    private func finishDirectory(_ directory: CInt, at path: EntryPath) throws(LayerError) {
        guard let metadata = directories[path] else { return }
        guard metadata.hasMode || fchmod(directory, metadata.mode) == 0,
            unsafe futimens(directory, metadata.mtime.forSystem) == 0
        else { throw .system("chmod", "\(path)", errno) }
    }
}
