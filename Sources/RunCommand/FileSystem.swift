import Glibc

/// What d-run asks the host's file system.
enum FileSystem {
    enum Kind { case file, folder, link, other }

    struct Entry {
        let kind: Kind
        let mode: UInt32
    }

    /// What stands at a path, without following a link in its last component; nil when nothing does.
    static func entry(_ path: String) -> Entry? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        let kind: Kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFLNK: .link
            default: .other
            }
        return Entry(kind: kind, mode: status.st_mode & 0o7777)
    }

    /// The text of a symbolic link.
    static func target(ofLink path: String) -> String? {
        let target = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
            guard let base = buffer.baseAddress else { return [UInt8]?.none }
            let count = unsafe readlink(path, base, buffer.count)
            return count < 0 ? nil : unsafe buffer[..<count].map { UInt8(bitPattern: $0) }
        }
        return target.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The absolute path of something that exists, without links; nil when it does not.
    static func realPath(_ path: String) -> String? {
        guard let resolved = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    /// The bytes of a regular file, at most `sizeLimit`; nil when it cannot be opened, is no file or is larger. A link in
    /// the last component is not followed.
    static func contents(of path: String, sizeLimit: Int) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= sizeLimit
        else { return nil }
        return readToEnd(descriptor, sizeLimit: sizeLimit)
    }

    /// The first bytes of a regular file; nil when it cannot be read.
    static func head(of path: String, size: Int) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: size)
        let count = unsafe pread(descriptor, &bytes, size, 0)
        return count < 0 ? nil : Array(bytes[..<count])
    }

    /// Whether the file system was mounted with `noexec`.
    static func forbidsExecution(_ path: String) -> Bool {
        var status = statvfs()
        return unsafe statvfs(path, &status) == 0 && status.f_flag & 8 /* ST_NOEXEC */ != 0
    }

    /// What a descriptor still has, up to a limit; nil on an error or when there is more.
    static func readToEnd(_ descriptor: CInt, sizeLimit: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16384)
        while true {
            let count = unsafe read(descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return count == 0 || errno == EAGAIN ? bytes : nil }
            bytes += buffer[..<count]
            guard bytes.count <= sizeLimit else { return nil }
        }
    }

    /// The program's path in the PATH of this process.
    static func search(_ program: String) -> String? {
        let path = environment("PATH") ?? "/usr/local/bin:/usr/bin:/bin"
        return path.split(separator: ":").map { "\($0)/\(program)" }.first {
            unsafe access($0, X_OK) == 0 && entry(realPath($0) ?? "")?.kind == .file
        }
    }

    /// A variable of this process.
    static func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }

    static var lastError: String { unsafe String(cString: strerror(errno)) }
}

extension FileSystem {
    /// Makes a folder unless it is there.
    static func makeFolder(_ path: String) throws {
        let status = unsafe mkdir(path, 0o755)
        guard status == 0 || errno == EEXIST else {
            throw RunError.systemCall("mkdir", subject: path, reason: lastError)
        }
    }

    /// The names in a folder, without order; none when it cannot be read.
    static func names(in folder: String) -> [String] {
        guard let stream = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    /// Runs a program of PATH to its end and returns its status; -1 when it could not be started or was killed.
    static func run(_ words: [String]) -> CInt {
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { unsafe pointers.forEach { unsafe free($0) } }
        var child: pid_t = 0
        guard unsafe posix_spawnp(&child, words[0], nil, nil, &pointers, environ) == 0 else { return -1 }
        var status: CInt = 0
        while unsafe waitpid(child, &status, 0) < 0 && errno == EINTR {}
        return status & 0x7F == 0 ? status >> 8 & 0xFF : -1
    }
}
