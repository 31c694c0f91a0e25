import Glibc

/// Applies layers to a folder, one on top of the other, as an ordinary user can.
///
/// https://github.com/opencontainers/image-spec/blob/main/layer.md#applying-changesets
///
/// An entry replaces what lies at its path, unless both are directories: then they merge. A whiteout hides what lower
/// layers have, whatever the order within its own. Owners are this user's for everything, as root too, so that the
/// result does not depend on who pulls. Directories stay open to their owner while layers are applied; their modes and
/// times are set by `finish`, after everything in them.
public struct LayerApplier {
    /// What could not be done, for one report at the end.
    public struct Summary: Equatable, Sendable {
        /// Device nodes that were left out; only root of the whole system makes them.
        public internal(set) var devices = 0
        /// Extended attributes that were left out: `security.*`, `trusted.*`, and those the file system does not take.
        public internal(set) var attributes = 0

        /// A sentence for each kind.
        public var sentences: [String] {
            [(devices, "device node"), (attributes, "extended attribute")].filter { $0.0 > 0 }.map { count, name in
                "\(count) \(name)\(count == 1 ? "" : "s") left out, for they need root"
            }
        }
    }

    struct DirectoryMetadata {
        var mode: UInt32 = 0o755
        /// The epoch for directories that no layer has an entry for, so that two pulls are alike.
        var mtime = TarEntry.Time(seconds: 0)
        /// Whether it was made with its mode.
        var hasMode = false
        /// Whether directories were made in it.
        var holdsDirectories = false
    }

    /// The least that headers, padding and bytes after the end of the archives may take: 130,000 entries.
    static let surroundings: Int64 = 64 << 20

    let root: RootDirectory
    private let sizeLimit: Int64
    private var sizeWritten: Int64 = 0
    /// The same for the bytes of the uncompressed layers. What surrounds the files' content may be as much as that, so
    /// that nothing of a layer costs time without end.
    private let streamLimit: Int64
    private var bytesRead: Int64 = 0
    var summary = Summary()
    /// Every directory by its path without links; also what was one once.
    var directories = PathTable<DirectoryMetadata>()
    /// What this layer made, and all directories on the way there: whiteouts of this layer spare it. Nil for the lowest
    /// layer, whose whiteouts have nothing to hide.
    private var upper: PathTable<Void>?
    private var isLowest = true
    /// The directories that hold nothing of lower layers any more, so that no whiteout looks through them again.
    private var cleared = PathTable<Void>()

    /// Applies layers to the empty folder at `path`. What they write may be `sizeLimit` bytes together, and what
    /// surrounds that in them as much again, or 64 MiB if that is more.
    public init(into path: String, sizeLimit: Int64) throws {
        self.init(try RootDirectory(path), sizeLimit: sizeLimit)
    }

    init(_ root: RootDirectory, sizeLimit: Int64 = .max) {
        self.root = root
        self.sizeLimit = sizeLimit
        let (sum, isTooLarge) = sizeLimit.addingReportingOverflow(max(sizeLimit, Self.surroundings))
        streamLimit = isTooLarge ? .max : sum
        directories.set(DirectoryMetadata(), for: .root)
    }

    /// Applies a layer and reads its tar to the end of the stream. Throws `TarError`, `LayerError` and what the source
    /// throws; the folder is of no use then.
    public mutating func apply(_ tar: any ByteSource) throws {
        var reader = TarReader(tar, before: bytesRead, limit: streamLimit)
        defer { bytesRead = reader.bytesRead }
        upper = isLowest ? nil : PathTable()
        isLowest = false
        cleared = PathTable()
        while let entry = try reader.next() {
            let path = try EntryPath(name: entry.name)
            if let whiteout = try Whiteout(path) {
                try apply(whiteout)
            } else {
                try make(entry, at: path, content: &reader)
            }
        }
    }

    private mutating func make(_ entry: TarEntry, at path: EntryPath, content: inout TarReader) throws {
        guard !path.isRoot else {
            guard entry.kind == .directory else { throw LayerError.rootIsNoDirectory }
            return setMetadata(DirectoryMetadata(mode: entry.mode, mtime: entry.mtime), for: .root, isNew: false)
        }
        let parent = try makeParents(of: path)
        let place = Place(directory: parent, name: path.name, path: parent.path.appending(path.name))
        guard !place.path.isTooLong else { throw LayerError.nameTooLong(place.path.bytes) }
        switch entry.kind {
        case .regular: try makeFile(entry, at: place, content: &content)
        case .directory: try makeDirectory(entry, at: place)
        case .symbolicLink: try makeSymbolicLink(entry, at: place)
        case .hardLink: try makeHardLink(entry, at: place)
        case .fifo: try makeFIFO(entry, at: place)
        case .characterDevice, .blockDevice:
            try root.removeTree(place.name, in: place.directory)
            summary.devices += 1
        }
        markUpper(place.path)
    }

    private mutating func makeParents(of path: EntryPath) throws(LayerError) -> RootDirectory.Directory {
        var made: [EntryPath] = []
        let directory = try root.directory(making: path.parent) { made.append($0) }
        for path in made {
            setMetadata(DirectoryMetadata(), for: path, isNew: true)
            markUpper(path)
        }
        return directory
    }

    /// Notes what a directory is to be in the end, and that the one above holds it. One that is not new still holds what
    /// it held.
    mutating func setMetadata(_ metadata: DirectoryMetadata, for path: EntryPath, isNew: Bool) {
        var metadata = metadata
        metadata.holdsDirectories = !isNew && directories[path]?.holdsDirectories != false
        directories.set(metadata, for: path)
        guard !path.isRoot, var above = directories[path.parent], !above.holdsDirectories else { return }
        above.holdsDirectories = true
        directories.set(above, for: path.parent)
    }

    private mutating func markUpper(_ path: EntryPath) {
        var path = path
        while upper?.set((), for: path) == true, !path.isRoot { path = path.parent }
    }

    // MARK: Whiteouts

    private mutating func apply(_ whiteout: Whiteout) throws(LayerError) {
        guard upper != nil else { return }
        switch whiteout {
        case .ignored: break
        case .opaque(let path):
            guard let directory = try root.directory(path) else { return }
            try removeLower(in: directory)
        case .file(let path):
            guard let directory = try root.directory(path.parent) else { return }
            try removeLower(path.name, in: directory)
        }
    }

    /// Removes what lower layers have in a directory.
    private mutating func removeLower(in directory: RootDirectory.Directory) throws(LayerError) {
        guard cleared.set((), for: directory.path) else { return }
        var names = try DirectoryNames(of: directory.descriptor, at: directory.path)
        while let name = names.popLast() {
            // Deeper directories take the place of the one that is kept open.
            guard let directory = try root.directory(withoutLinks: directory.path) else { return }
            try removeLower(name[...], in: directory)
        }
    }

    /// Removes a name that this layer did not make; of a directory on the way to what it made, what else is in it.
    private mutating func removeLower(
        _ name: ArraySlice<UInt8>, in directory: RootDirectory.Directory
    ) throws(LayerError) {
        let path = directory.path.appending(name)
        guard upper?[path] != nil else { return try root.removeTree(name, in: directory) }
        if let inner = try root.directory(withoutLinks: path) { try removeLower(in: inner) }
    }

    // MARK: Content

    /// Copies an entry's content into a file, the pieces of a sparse one to their places.
    mutating func copyContent(
        of entry: TarEntry, from reader: inout TarReader, to file: CInt, _ path: EntryPath
    ) throws {
        let extents = entry.extents ?? [.init(offset: 0, length: entry.size)]
        guard extents.reduce(0, { $0 + $1.length }) <= sizeLimit - sizeWritten else {
            throw LayerError.sizeLimitExceeded(sizeLimit)
        }
        if entry.extents != nil, ftruncate(file, Int(entry.size)) != 0 {
            throw LayerError.system("ftruncate", "\(path)", errno)
        }
        for extent in extents {
            var offset = extent.offset
            let end = offset + extent.length
            while offset < end {
                let count = try reader.readContent(limit: end - offset) { bytes in
                    try Self.write(bytes, to: file, at: offset, path)
                }
                offset += Int64(count)
                sizeWritten += Int64(count)
            }
        }
    }

    private static func write(_ bytes: RawSpan, to file: CInt, at offset: Int64, _ path: EntryPath) throws(LayerError) {
        var written = 0
        while written < bytes.byteCount {
            let rest = bytes.extracting(written..<bytes.byteCount)
            let count = unsafe rest.withUnsafeBytes { bytes in
                unsafe pwrite(file, bytes.baseAddress, bytes.count, Int(offset) + written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .system("write", "\(path)", errno) }
            written += count
        }
    }
}
