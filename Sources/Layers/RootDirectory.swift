import Glibc

/// The folder that an image is unpacked into. Nothing outside it is read, written or changed, whatever names and links
/// the image holds: every path is resolved as after a chroot to it.
///
/// A directory is opened by one `openat2` that takes no links, or else by a walk that opens a component at a time
/// without following any, and resolves links itself. What is done in a directory is done by its descriptor and a single
/// name, and never follows a link in that name.
final class RootDirectory {
    /// How directories are opened.
    enum Resolution {
        /// By the kernel where that is possible (Linux 5.6).
        case openat2
        /// By the walk alone.
        case components
    }

    /// An open directory, valid until some others were asked for, and where it really lies, all links resolved.
    struct Directory {
        let descriptor: CInt
        let path: EntryPath
    }

    static let directoryFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC

    let descriptor: CInt
    /// The permissions that what is made here gets as asked for, tried once: an umask, an access list or the setgid bit
    /// of the folder that is inherited, and file systems of other systems, change them.
    private let keptMode: UInt32
    private(set) var resolution: Resolution
    /// How many directories stay open: more than a path mostly has components.
    private static let recentLimit = 8
    /// The directories that were asked for last, the latest at the end, by the path they were asked for: entries come
    /// folder by folder, each folder between others of its parent.
    private var recent: [(path: EntryPath, directory: Directory)] = []

    /// Opens the folder at `path`.
    init(_ path: String, resolution: Resolution = .openat2) throws(LayerError) {
        descriptor = unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        let code = errno
        keptMode = descriptor < 0 ? 0 : Self.keptMode(in: descriptor)
        self.resolution = resolution
        guard descriptor >= 0 else { throw .system("open", path, code) }
    }

    deinit {
        forgetRecent()
        close(descriptor)
    }

    /// Makes and removes a directory to see what becomes of its permissions. Only what nobody else may write counts.
    private static func keptMode(in directory: CInt) -> UInt32 {
        let wanted: mode_t = 0o755
        let name = ".d-utils-mode"
        guard unsafe mkdirat(directory, name, wanted) == 0 else { return 0 }
        defer { unsafe unlinkat(directory, name, AT_REMOVEDIR) }
        var status = stat()
        guard unsafe fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return 0 }
        let found = status.st_mode & 0o7777
        return found & ~wanted == 0 ? found : 0
    }

    /// Whether what is made with these permissions has them, so that they need not be set.
    func keeps(_ mode: UInt32) -> Bool { mode & ~keptMode == 0 }

    /// To be called when a directory or link was removed: paths may lead elsewhere now. `kept`, in which it was removed,
    /// is still where it was.
    func forgetRecent(but kept: Directory? = nil) {
        recent.removeAll { _, directory in
            guard directory.descriptor != kept?.descriptor else { return false }
            close(directory.descriptor)
            return true
        }
    }

    /// Opens a directory; nil when it is not there. Links in the path are followed inside the root.
    func directory(_ path: EntryPath) throws(LayerError) -> Directory? {
        try open(path, missing: nil)
    }

    /// Opens a directory; makes it and its parents where they are missing, and tells `made` the path of each. Something
    /// other than a directory or a link that stands in the way is replaced.
    func directory(making path: EntryPath, made: @escaping (EntryPath) -> Void) throws(LayerError) -> Directory {
        guard let directory = try open(path, missing: made) else { throw .system("mkdir", "\(path)", ENOTDIR) }
        return directory
    }

    /// Opens a directory by a path without links; nil when that is not what is there.
    func directory(withoutLinks path: EntryPath) throws(LayerError) -> Directory? {
        if path.isRoot { return Directory(descriptor: descriptor, path: path) }
        if let known = takeRecent({ $0.directory.path == path }) { return known }
        var opened: CInt = -1
        if resolution == .openat2 {
            repeat {
                opened = OpenAt2.open(path.bytes, below: descriptor, flags: Self.directoryFlags)
            } while opened < 0
                && (errno == EAGAIN || errno == EINTR)
            if opened < 0, errno == ENOSYS || errno == EPERM { resolution = .components }
        }
        // A path of PATH_MAX bytes has no room for its NUL.
        if resolution == .components || (opened < 0 && errno == ENAMETOOLONG) { opened = openComponents(of: path) }
        guard opened >= 0 else {
            guard [ENOENT, ENOTDIR, ELOOP].contains(errno) else { throw .system("open", "\(path)", errno) }
            return nil
        }
        return remember(path, Directory(descriptor: opened, path: path))
    }

    private func open(_ path: EntryPath, missing: ((EntryPath) -> Void)?) throws(LayerError) -> Directory? {
        if let known = takeRecent({ $0.path == path }) { return known }
        if let directory = try directory(withoutLinks: path) { return directory }
        guard let directory = try walk(path, missing: missing) else { return nil }
        return remember(path, directory)
    }

    private func remember(_ path: EntryPath, _ directory: Directory) -> Directory {
        if recent.count == Self.recentLimit { close(recent.removeFirst().directory.descriptor) }
        recent.append((path, directory))
        return directory
    }

    private func takeRecent(_ isWanted: ((path: EntryPath, directory: Directory)) -> Bool) -> Directory? {
        guard let index = recent.lastIndex(where: isWanted) else { return nil }
        recent.append(recent.remove(at: index))
        return recent[recent.count - 1].directory
    }

    private func openComponents(of path: EntryPath) -> CInt {
        var current = dup(descriptor)
        for component in path.components where current >= 0 {
            let next = unsafe Self.withName(component) { unsafe openat(current, $0, Self.directoryFlags) }
            let code = errno
            close(current)
            errno = code
            current = next
        }
        return current
    }

    /// Calls a function of the C library with a name that ends with NUL.
    static func withName<Result>(
        _ name: some Collection<UInt8>, _ body: (UnsafePointer<CChar>) -> Result
    ) -> Result {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: name.count + 1) { text in
            var end = 0
            for byte in name {
                unsafe text[end] = CChar(bitPattern: byte)
                end += 1
            }
            unsafe text[end] = 0
            // SAFETY: there is room for at least the NUL, so there is a base address.
            return unsafe body(UnsafePointer(text.baseAddress.unsafelyUnwrapped))
        }
    }
}
