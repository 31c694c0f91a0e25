internal import ContainerImage
import Glibc
internal import Layers

/// Why a pull failed, beyond what the stages themselves throw.
enum PullError: Error, CustomStringConvertible {
    /// The container's folder is there already.
    case folderExists(String)
    /// A system call failed: what was to be done, and errno.
    case system(String, CInt)
    /// A layer could not be unpacked.
    case layer(number: Int, of: Int, Digest, any Error)
    /// The image is for another platform than the one asked for.
    case wrongPlatform(found: Platform, wanted: Platform)
    /// The shell's limit of open files is too small.
    case openFileLimit(rlim_t, needed: rlim_t)

    /// One sentence.
    var description: String {
        switch self {
        case .folderExists(let path):
            "'\(path)' exists already; give another folder as second argument, or remove it first"
        case .system(let action, let code): "\(action): \(LayerError.reason(code))"
        case .layer(let number, let count, let digest, let error):
            "layer \(number) of \(count) (\(digest.algorithm):\(digest.short)): \(error)"
        case .openFileLimit(let limit, let needed):
            "no more than \(limit) files may be open, \(needed) are needed; raise the limit of the shell, 'ulimit -n'"
        case .wrongPlatform(let found, let wanted): "the image is for \(found), not for \(wanted)"
        }
    }
}
