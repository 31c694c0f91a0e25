/// A content digest, `sha256:` or `sha512:` and lowercase hexadecimal digits.
///
/// https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests
///
/// A value of this type is safe as part of a URL or of a file's path, for nothing else can be parsed (CVE-2024-3727).
public struct Digest: Hashable, Sendable, CustomStringConvertible {
    /// The registered algorithms that a verifier can use.
    public enum Algorithm: String, Sendable, CaseIterable {
        /// 64 hexadecimal digits.
        case sha256
        /// 128 hexadecimal digits.
        case sha512

        var hexLength: Int { self == .sha256 ? 64 : 128 }
    }

    /// How the content was hashed.
    public let algorithm: Algorithm
    /// The hash in lowercase hexadecimal.
    public let hex: String

    /// Parses `algorithm:hex`. Throws `DigestError` for an unknown algorithm, a wrong length or another character.
    public init(parsing text: String) throws(DigestError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw .malformed(text) }
        guard let algorithm = Algorithm(rawValue: String(parts[0])) else { throw .unknownAlgorithm(String(parts[0])) }
        let isLowercaseHex = parts[1].utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
        }
        guard isLowercaseHex, parts[1].utf8.count == algorithm.hexLength else { throw .malformed(text) }
        self.algorithm = algorithm
        self.hex = String(parts[1])
    }

    /// A digest of hashed bytes: 32 for sha256, 64 for sha512.
    init(_ algorithm: Algorithm, hash: [UInt8]) {
        self.algorithm = algorithm
        self.hex = hash.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Hashes `bytes` with sha256 or the algorithm given.
    public init(of bytes: [UInt8], _ algorithm: Algorithm = .sha256) {
        var hasher = DigestHasher(algorithm)
        unsafe hasher.update(bytes.span.bytes)
        self = hasher.finalize()
    }

    /// `algorithm:hex`
    public var description: String { "\(algorithm.rawValue):\(hex)" }

    /// The first twelve digits, enough for people to tell layers apart.
    public var short: String { String(hex.prefix(12)) }
}
