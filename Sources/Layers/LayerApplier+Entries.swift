import Glibc

/// How each kind of entry is made.
extension LayerApplier {
    /// Where an entry goes: an open directory and a name in it.
    struct Place {
        let directory: RootDirectory.Directory
        let name: ArraySlice<UInt8>
        /// The whole path, without links.
        let path: EntryPath
    }

    mutating func makeDirectory(_ entry: TarEntry, at place: Place) throws(LayerError) {
        // Its owner has to work in it.
        let isOpen = entry.mode & 0o700 == 0o700 && root.keeps(entry.mode)
        let mode = isOpen ? entry.mode : 0o700
        var isNew = try root.makeDirectory(place.name, in: place.directory, mode: mode)
        if !isNew, root.status(place.name, in: place.directory).map({ $0.st_mode & S_IFMT }) != S_IFDIR {
            try root.removeTree(place.name, in: place.directory)
            isNew = try root.makeDirectory(place.name, in: place.directory, mode: mode)
        }
        let metadata = DirectoryMetadata(mode: entry.mode, mtime: entry.mtime, hasMode: isNew && isOpen)
        setMetadata(metadata, for: place.path, isNew: isNew)
        guard !entry.attributes.isEmpty else { return }
        let opened = unsafe RootDirectory.withName(place.name) {
            unsafe openat(place.directory.descriptor, $0, RootDirectory.directoryFlags)
        }
        guard opened >= 0 else { throw .system("open", "\(place.path)", errno) }
        defer { close(opened) }
        setAttributes(of: entry, on: opened)
    }

    mutating func makeFile(_ entry: TarEntry, at place: Place, content: inout TarReader) throws {
        // Attributes can only be given to what its owner may write.
        let isKept = root.keeps(entry.mode) && entry.attributes.isEmpty
        let mode = isKept ? entry.mode : 0o600
        let file = try unsafe root.replace("create", place.name, in: place.directory) {
            unsafe openat(place.directory.descriptor, $0, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        }
        defer { close(file) }
        try copyContent(of: entry, from: &content, to: file, place.path)
        setAttributes(of: entry, on: file)
        // The mode after the content: writing takes setuid away.
        guard isKept || fchmod(file, entry.mode) == 0 else { throw LayerError.system("chmod", "\(place.path)", errno) }
        guard unsafe futimens(file, entry.mtime.forSystem) == 0 else {
            throw LayerError.system("futimens", "\(place.path)", errno)
        }
    }

    mutating func makeSymbolicLink(_ entry: TarEntry, at place: Place) throws(LayerError) {
        guard !entry.linkname.contains(0) else { throw .nulInName(entry.linkname) }
        _ = try unsafe root.replace("symlink", place.name, in: place.directory) { name in
            unsafe RootDirectory.withName(entry.linkname) { unsafe symlinkat($0, place.directory.descriptor, name) }
        }
        try root.setTime(place.name, in: place.directory, entry.mtime)
        summary.attributes += entry.attributes.count
    }

    /// A hard link to what is at its target now, in this layer or a lower one; a link is linked to itself, not followed.
    mutating func makeHardLink(_ entry: TarEntry, at place: Place) throws(LayerError) {
        let target = try EntryPath(name: entry.linkname)
        let missing = LayerError.missingLinkTarget("\(place.path)", target: "\(target)")
        let kept = dup(place.directory.descriptor)
        defer { close(kept) }
        guard !target.isRoot, let source = try root.directory(target.parent) else { throw missing }
        if source.path.appending(target.name) == place.path {
            guard root.status(target.name, in: source) != nil else { throw missing }
            return
        }
        let here = RootDirectory.Directory(descriptor: kept, path: place.directory.path)
        guard root.status(target.name, in: source) != nil else { throw missing }
        try link(target.name, in: source, to: place.name, in: here)
    }

    private func link(
        _ target: ArraySlice<UInt8>, in source: RootDirectory.Directory, to name: ArraySlice<UInt8>,
        in directory: RootDirectory.Directory
    ) throws(LayerError) {
        let from = dup(source.descriptor)
        defer { close(from) }
        _ = try unsafe root.replace("link", name, in: directory) { name in
            unsafe RootDirectory.withName(target) { unsafe linkat(from, $0, directory.descriptor, name, 0) }
        }
    }

    mutating func makeFIFO(_ entry: TarEntry, at place: Place) throws(LayerError) {
        _ = try unsafe root.replace("mkfifo", place.name, in: place.directory) {
            unsafe mkfifoat(place.directory.descriptor, $0, 0o600)
        }
        try root.setMetadata(place.name, in: place.directory, mode: entry.mode, mtime: entry.mtime)
        summary.attributes += entry.attributes.count
    }

    /// Sets what an ordinary user may set, `user.*`; the rest is counted.
    private mutating func setAttributes(of entry: TarEntry, on file: CInt) {
        for (name, value) in entry.attributes where !setAttribute(name, value, on: file) {
            summary.attributes += 1
        }
    }

    private func setAttribute(_ name: [UInt8], _ value: [UInt8], on file: CInt) -> Bool {
        guard name.starts(with: "user.".utf8) else { return false }
        return unsafe RootDirectory.withName(name) { name in
            unsafe value.withUnsafeBytes { unsafe fsetxattr(file, name, $0.baseAddress, $0.count, 0) == 0 }
        }
    }
}
