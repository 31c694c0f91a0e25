public import ContainerImage

/// The bytes are not those that were announced.
public enum VerificationError: Error, Equatable, CustomStringConvertible {
    /// More bytes than the descriptor's size.
    case tooLong(String, expected: Int64)
    /// The end came before the descriptor's size.
    case tooShort(String, found: Int64, expected: Int64)
    /// All bytes are there, but they hash to something else.
    case wrongDigest(String, found: Digest, expected: Digest)

    /// One sentence: subject, found, expected.
    public var description: String {
        switch self {
        case .tooLong(let subject, let expected): "\(subject): longer than the \(expected) bytes that were announced"
        case .tooShort(let subject, let found, let expected): "\(subject): size \(found), expected \(expected) bytes"
        case .wrongDigest(let subject, let found, let expected): "\(subject): digest \(found), expected \(expected)"
        }
    }
}
