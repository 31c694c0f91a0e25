import Glibc

/// A way through a tree: down by one descriptor at a time, back by `..`, so that depth costs neither descriptors nor
/// stack. Who moves a directory meanwhile cannot lead it elsewhere: what `..` opens must be what it came from.
struct Descent: ~Copyable {
    private struct Level {
        let device: dev_t
        let inode: ino_t
        var names: DirectoryNames
    }

    /// The directory that it has come to.
    private(set) var descriptor: CInt
    private(set) var path: EntryPath
    private var levels: [Level] = []

    /// Starts in an open directory, which is closed in the end.
    init(from descriptor: CInt, _ names: DirectoryNames, at path: EntryPath) throws(LayerError) {
        self.descriptor = descriptor
        self.path = path
        try begin(names)
    }

    deinit { close(descriptor) }

    var isAtStart: Bool { levels.count == 1 }

    /// The next name in the directory; nil when all have been given.
    mutating func nextName() -> [UInt8]? { levels[levels.count - 1].names.popLast() }

    /// Goes into a directory that has been opened by its name, to be asked for these names there.
    mutating func enter(_ name: [UInt8], _ child: CInt, _ names: DirectoryNames) throws(LayerError) {
        close(descriptor)
        descriptor = child
        path = path.appending(name)
        try begin(names)
    }

    /// Goes back to the directory above and returns the name of the one it was in.
    mutating func leave() throws(LayerError) -> ArraySlice<UInt8> {
        levels.removeLast()
        let above = unsafe openat(descriptor, "..", RootDirectory.directoryFlags)
        guard above >= 0 else { throw .system("open", "\(path)/..", errno) }
        close(descriptor)
        descriptor = above
        let name = path.name
        path = path.parent
        let (device, inode) = try identity()
        guard let level = levels.last, level.device == device, level.inode == inode else {
            throw .system("open", "\(path)", ESTALE)
        }
        return name
    }

    private mutating func begin(_ names: DirectoryNames) throws(LayerError) {
        let (device, inode) = try identity()
        levels.append(Level(device: device, inode: inode, names: names))
    }

    private func identity() throws(LayerError) -> (dev_t, ino_t) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .system("fstat", "\(path)", errno) }
        return (status.st_dev, status.st_ino)
    }
}
