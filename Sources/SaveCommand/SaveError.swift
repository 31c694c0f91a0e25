import Glibc

/// Why an archive cannot be written.
enum SaveError: Error, CustomStringConvertible {
    /// A system call failed: what was to be done, and errno.
    case system(String, CInt)
    /// FILE is there and is no file.
    case noFile(String)
    /// Standard output is a terminal.
    case terminal
    /// A blob of the cache proved wrong after some of the archive was in a pipe.
    case cannotStartOver

    /// One sentence.
    var description: String {
        switch self {
        case .system(let action, let code): "\(action): \(unsafe String(cString: strerror(code)))"
        case .noFile(let path): "'\(path)' exists and is no file; give another name"
        case .terminal: "standard output is a terminal; redirect it, or name a file"
        case .cannotStartOver: "what went to standard output is of no use; call it again"
        }
    }
}
