import Glibc

/// Removes folders, whatever an image has put into them: unreadable directories, and trees deeper than any path is
/// long.
public enum Tree {
    /// Removes the folder at `path` and all below it, following no link; nothing there is fine. Throws `LayerError`.
    public static func remove(_ path: String) throws {
        let whole = EntryPath.root.appending(path.utf8)
        let above = path.utf8.dropLast(whole.name.count)
        let parent = unsafe Glibc.open(
            above.isEmpty ? "." : String(Substring(above)), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard parent >= 0 else {
            guard errno == ENOENT else { throw LayerError.system("open", path, errno) }
            return
        }
        defer { close(parent) }
        try remove(whole, in: parent)
    }

    /// Removes all that is in an open directory. Throws `LayerError`.
    public static func empty(_ directory: CInt) throws {
        let top = unsafe openat(directory, ".", RootDirectory.directoryFlags)
        guard top >= 0 else { throw LayerError.system("open", ".", errno) }
        try empty(top, at: .root)
    }

    /// Removes the directory that has the last name of `path` in an open one.
    static func remove(_ path: EntryPath, in parent: CInt) throws(LayerError) {
        guard let top = try open(path.name, in: parent, path) else { return }
        try empty(top, at: path)
        try removeEmpty(path.name, in: parent, path)
    }

    /// Removes all that is in the directory at `path`, whose descriptor `top` is closed.
    private static func empty(_ top: CInt, at path: EntryPath) throws(LayerError) {
        var descent = try Descent(from: top, DirectoryNames(of: top, at: path), at: path)
        while true {
            if let name = descent.nextName() {
                let result = unsafe RootDirectory.withName(name) { unsafe unlinkat(descent.descriptor, $0, 0) }
                if result == 0 || errno == ENOENT { continue }
                let inner = descent.path.appending(name)
                guard errno == EISDIR else { throw .system("unlink", "\(inner)", errno) }
                guard let child = try open(name, in: descent.descriptor, inner) else { continue }
                try descent.enter(name, child, DirectoryNames(of: child, at: inner))
            } else if descent.isAtStart {
                return
            } else {
                let finished = descent.path
                try removeEmpty(try descent.leave(), in: descent.descriptor, finished)
            }
        }
    }

    private static func removeEmpty(
        _ name: ArraySlice<UInt8>, in parent: CInt, _ path: EntryPath
    ) throws(LayerError) {
        let result = unsafe RootDirectory.withName(name) { unsafe unlinkat(parent, $0, AT_REMOVEDIR) }
        guard result == 0 || errno == ENOENT else { throw .system("rmdir", "\(path)", errno) }
    }

    /// Opens a directory to work in, giving its owner the permissions for that; nil when it is not there. Permissions
    /// change by descriptor, never by the name, which may be another's link by then.
    private static func open(
        _ name: some Collection<UInt8>, in parent: CInt, _ path: EntryPath
    ) throws(LayerError) -> CInt? {
        var opened = unsafe RootDirectory.withName(name) { unsafe openat(parent, $0, RootDirectory.directoryFlags) }
        if opened < 0, errno == EACCES { opened = openUnreadable(name, in: parent) }
        guard opened >= 0 else {
            guard errno == ENOENT else { throw .system("open", "\(path)", errno) }
            return nil
        }
        fchmod(opened, 0o700)
        return opened
    }

    /// A descriptor, or -1 with errno.
    private static func openUnreadable(_ name: some Collection<UInt8>, in parent: CInt) -> CInt {
        let place = unsafe RootDirectory.withName(name) {
            unsafe openat(parent, $0, pathOnly | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        }
        guard place >= 0 else { return -1 }
        let opened = changeMode(ofPath: place, 0o700) ? unsafe openat(place, ".", RootDirectory.directoryFlags) : -1
        close(place)
        if opened < 0 { errno = EACCES }
        return opened
    }
}
