import Glibc

extension LayerApplier {
    /// Sets the modes and times of all directories, the deepest first, so that neither a closed directory nor its time
    /// is in the way of what is in it. Nothing can be applied after it.
    public mutating func finish() throws -> Summary {
        let paths = directories.keys.sorted { $1.bytes.lexicographicallyPrecedes($0.bytes) }
        for path in paths where !path.isRoot {
            // What was removed since, or has become a link or a file, has no metadata to set.
            guard let metadata = directories[path], let parent = root.directory(withoutLinks: path.parent),
                let status = root.status(path.name, in: parent), status.st_mode & S_IFMT == S_IFDIR
            else { continue }
            try root.setMetadata(path.name, in: parent, mode: metadata.mode, mtime: metadata.mtime)
        }
        try finishRoot()
        return summary
    }

    private func finishRoot() throws(LayerError) {
        guard let metadata = directories[.root] else { return }
        guard fchmod(root.descriptor, metadata.mode) == 0,
            unsafe futimens(root.descriptor, metadata.mtime.forSystem) == 0
        else { throw .system("chmod", ".", errno) }
    }
}
