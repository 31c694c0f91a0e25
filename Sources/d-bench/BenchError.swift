import Glibc

/// The benchmark cannot go on.
enum BenchError: Error, CustomStringConvertible {
    /// A program that it needs does not start, or fails; the second text is what it said.
    case program(String, String)
    /// A system call failed for a path.
    case system(String, String, CInt)

    var description: String {
        switch self {
        case .program(let name, let words): "\(name): \(words)"
        case .system(let call, let path, let code): unsafe "\(call) '\(path)': \(String(cString: strerror(code)))"
        }
    }
}
