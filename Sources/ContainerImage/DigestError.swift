/// A text is no digest.
public enum DigestError: Error, Equatable, CustomStringConvertible {
    /// Not `algorithm:` and the right number of lowercase hexadecimal digits.
    case malformed(String)
    /// An algorithm other than sha256 and sha512.
    case unknownAlgorithm(String)

    /// One sentence with the text.
    public var description: String {
        switch self {
        case .malformed(let text):
            "'\(text.prefix(160))' is no digest; expected sha256: and 64, or sha512: and 128 lowercase hexadecimal digits"
        case .unknownAlgorithm(let name):
            "digest algorithm '\(name.prefix(40))' is not supported; expected sha256 or sha512"
        }
    }
}
