internal import ContainerImage

/// Why an image that is there cannot be used.
enum FetchError: Error, CustomStringConvertible {
    /// The image is for another platform than the one asked for.
    case wrongPlatform(found: Platform, wanted: Platform)
    /// An archive cannot be opened: its path, and why.
    case archive(String, reason: String)

    /// One sentence.
    var description: String {
        switch self {
        case .wrongPlatform(let found, let wanted): "the image is for \(found), not for \(wanted)"
        case .archive(let path, let reason): "'\(path)': \(reason)"
        }
    }
}
