import Glibc

/// The names in a directory, in one array: a million of them take little more than their bytes.
struct DirectoryNames {
    /// The names, a NUL after each.
    private var bytes: [UInt8] = []

    var isEmpty: Bool { bytes.isEmpty }

    /// Reads an open directory: every name but `.` and `..`, or only those of directories.
    init(of directory: CInt, at path: EntryPath, onlyDirectories: Bool = false) throws(LayerError) {
        let copy = dup(directory)
        guard copy >= 0, let stream = unsafe fdopendir(copy) else {
            let code = errno
            if copy >= 0 { close(copy) }
            throw .system("opendir", "\(path)", code)
        }
        defer { unsafe closedir(stream) }
        // The duplicate shares the place to which the directory has been read.
        unsafe rewinddir(stream)
        errno = 0
        while let entry = unsafe readdir(stream) {
            if onlyDirectories, unsafe !Self.isDirectory(entry, in: directory) { continue }
            unsafe withUnsafeBytes(of: &entry.pointee.d_name) { name in
                let name = unsafe name.prefix { $0 != 0 }
                let isDot = unsafe name.count <= 2 && name.allSatisfy { $0 == UInt8(ascii: ".") }
                guard !isDot else { return }
                unsafe bytes += name
                bytes.append(0)
            }
        }
        guard errno == 0 else { throw .system("readdir", "\(path)", errno) }
    }

    /// Not all file systems tell files from directories in their listing.
    private static func isDirectory(_ entry: UnsafeMutablePointer<dirent>, in directory: CInt) -> Bool {
        let type = unsafe Int(entry.pointee.d_type)
        guard type == DT_UNKNOWN else { return type == DT_DIR }
        return unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
            unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { name in
                var status = stat()
                return unsafe fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0
                    && status.st_mode & S_IFMT == S_IFDIR
            }
        }
    }

    /// Takes the last name away and returns it; nil when none is left.
    mutating func popLast() -> [UInt8]? {
        guard bytes.popLast() != nil else { return nil }
        let name = Array(bytes[(bytes.lastIndex(of: 0).map { $0 + 1 } ?? 0)...])
        bytes.removeLast(name.count)
        return name
    }
}
