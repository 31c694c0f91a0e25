/// A text names no image.
public enum ReferenceError: Error, Equatable, CustomStringConvertible {
    /// The part before the first slash is no `host[:port]`.
    case invalidRegistry(String, in: String)
    /// The name breaks the grammar.
    case invalidRepository(String, in: String)
    /// The tag breaks the grammar.
    case invalidTag(String, in: String)
    /// What follows `@` is no digest.
    case invalidDigest(DigestError)
    /// A local source without a path.
    case missingPath(String)

    /// One sentence with the part that is wrong.
    public var description: String {
        switch self {
        case .invalidRegistry(let part, let text) where text.hasPrefix("\(part)//"):
            "'\(text)': a name begins with the registry's host; leave out '\(part)//'"
        case .invalidRegistry(let part, let text): "'\(text)': '\(part)' is no registry; expected host or host:port"
        case .invalidRepository(let part, let text):
            "'\(text)': '\(part)' is no image name; expected lowercase letters, digits and single separators (. _ - /)"
        case .invalidTag(let part, let text):
            "'\(text)': '\(part)' is no tag; expected at most 128 letters, digits, '_', '.' and '-'"
        case .invalidDigest(let error): "\(error)"
        case .missingPath(let text): "'\(text)': the path is missing"
        }
    }
}
