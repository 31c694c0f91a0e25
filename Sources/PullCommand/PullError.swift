internal import ContainerImage
import Glibc
internal import Layers

/// Why a pull failed, beyond what the stages themselves throw.
enum PullError: Error, CustomStringConvertible {
    /// The container's folder is there already.
    case folderExists(String)
    /// Somebody else has put something else into the place of the new folder.
    case replaced(String)
    /// A system call failed: what was to be done, and errno.
    case system(String, CInt)
    /// A layer could not be unpacked.
    case layer(number: Int, of: Int, Digest, any Error)
    /// A program of the container runs: its folder, and the process's id where it is known.
    case isRunning(String, process: String)
    /// The image came from standard input, which cannot be asked again.
    case noOrigin(String)
    /// The shell's limit of open files is too small.
    case openFileLimit(rlim_t, needed: rlim_t)

    /// One sentence.
    var description: String {
        switch self {
        case .folderExists(let path):
            "'\(path)' exists already; give another folder as second argument, or remove it first"
        case .replaced(let path):
            "'\(path)' was moved away by somebody else while it was made; choose a place where only you can write"
        case .system(let action, let code): "\(action): \(LayerError.reason(code))"
        case .layer(let number, let count, let digest, let error):
            "layer \(number) of \(count) (\(digest.algorithm):\(digest.short)): \(error)"
        case .isRunning(let path, let process):
            "a program of '\(path)' is running" + (process.isEmpty ? "" : " (process \(process))")
                + "; end it first"
        case .noOrigin(let path): "'\(path)' was made from standard input; there is nothing to ask whether it moved"
        case .openFileLimit(let limit, let needed):
            "no more than \(limit) files may be open, \(needed) are needed; raise the limit of the shell, 'ulimit -n'"
        }
    }
}
