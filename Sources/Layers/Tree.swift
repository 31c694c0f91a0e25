import Glibc

/// Removes folders, whatever an image has put into them: unreadable directories, and trees deeper than any path is
/// long. It goes down by one descriptor at a time and comes back by `..`, so depth costs neither descriptors nor stack.
public enum Tree {
    /// Removes the folder at `path` and all below it, following no link; nothing there is fine. Throws `LayerError`.
    public static func remove(_ path: String) throws {
        let slash = path.lastIndex(of: "/")
        let parent = unsafe open(slash.map { String(path[...$0]) } ?? ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard parent >= 0 else {
            guard errno == ENOENT else { throw LayerError.system("open", path, errno) }
            return
        }
        defer { close(parent) }
        try remove(Array((slash.map { path[path.index(after: $0)...] } ?? path[...]).utf8), in: parent)
    }

    static func remove(_ name: [UInt8], in parent: CInt) throws(LayerError) {
        guard var current = try descend(name, from: parent) else { return }
        var names = [name]
        defer { close(current) }
        while !names.isEmpty {
            if let child = try emptyButForDirectories(current) {
                guard let next = try descend(child, from: current) else { continue }
                close(current)
                current = next
                names.append(child)
                continue
            }
            let above = unsafe openat(current, "..", RootDirectory.directoryFlags)
            guard above >= 0 else { throw .system("open", text(names[names.count - 1]), errno) }
            close(current)
            current = above
            let finished = names.removeLast()
            let result = unsafe RootDirectory.withName(finished) { unsafe unlinkat(current, $0, AT_REMOVEDIR) }
            guard result == 0 || errno == ENOENT else { throw .system("rmdir", text(finished), errno) }
        }
    }

    /// Opens a directory to work in, giving its owner the permissions for that; nil when it is not there.
    private static func descend(_ name: [UInt8], from parent: CInt) throws(LayerError) -> CInt? {
        unsafe RootDirectory.withName(name) { unsafe _ = fchmodat(parent, $0, 0o700, 0) }
        let opened = unsafe RootDirectory.withName(name) { unsafe openat(parent, $0, RootDirectory.directoryFlags) }
        guard opened < 0 else { return opened }
        guard errno == ENOENT else { throw .system("open", text(name), errno) }
        return nil
    }

    /// Removes everything in a directory that goes by `unlink` or is an empty directory; the name of a directory that
    /// is not empty, or nil when nothing is left.
    private static func emptyButForDirectories(_ directory: CInt) throws(LayerError) -> [UInt8]? {
        guard let stream = unsafe fdopendir(dup(directory)) else { throw .system("opendir", "", errno) }
        defer { unsafe closedir(stream) }
        unsafe rewinddir(stream)
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
            if name == [UInt8(ascii: ".")] || name == [UInt8(ascii: "."), UInt8(ascii: ".")] { continue }
            if unsafe RootDirectory.withName(name, { unsafe unlinkat(directory, $0, 0) }) == 0 { continue }
            guard errno == EISDIR || errno == EPERM else { throw .system("unlink", text(name), errno) }
            if unsafe RootDirectory.withName(name, { unsafe unlinkat(directory, $0, AT_REMOVEDIR) }) == 0 { continue }
            guard errno == ENOTEMPTY || errno == EEXIST else { throw .system("rmdir", text(name), errno) }
            return name
        }
        return nil
    }

    private static func text(_ name: [UInt8]) -> String { String(decoding: name, as: UTF8.self) }
}
