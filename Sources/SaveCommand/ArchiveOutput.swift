import Glibc

/// Where an archive goes: a hidden file that gets its name when it is whole, or standard output.
final class ArchiveOutput {
    /// Open for writing.
    let descriptor: CInt
    /// The hidden file and its name to be; nil for standard output.
    private let file: (temporary: String, target: String)?

    /// Opens the output for FILE. Throws `SaveError`.
    init(_ path: String) throws(SaveError) {
        guard path != "-" else {
            guard isatty(STDOUT_FILENO) == 0 else { throw .terminal }
            descriptor = STDOUT_FILENO
            file = nil
            return
        }
        var status = stat()
        if unsafe stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG { throw .noFile(path) }
        let name = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        var bytes = Array("\(path[..<name]).\(path[name...]).d-save-XXXXXX".utf8CString)
        descriptor = unsafe mkstemp(&bytes)
        guard descriptor >= 0 else {
            throw .system("cannot make a file in '\(name == path.startIndex ? "." : path[..<name])'", errno)
        }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        file = (String(decoding: bytes.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self), path)
    }

    /// Empties the file for another try. Throws where what was written is gone.
    func startOver() throws {
        guard file != nil else { throw SaveError.cannotStartOver }
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
            throw SaveError.system("cannot empty the archive", errno)
        }
    }

    /// Gives the file its name.
    func publish() throws {
        guard let file else { return }
        let mask = umask(0)
        umask(mask)
        guard fchmod(descriptor, 0o666 & ~mask) == 0, unsafe rename(file.temporary, file.target) == 0 else {
            throw SaveError.system("cannot rename '\(file.temporary)' to '\(file.target)'", errno)
        }
    }

    /// Removes the file.
    func discard() {
        if let file { unsafe _ = unlink(file.temporary) }
    }
}
