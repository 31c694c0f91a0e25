public import ContainerImage

/// Passes bytes on and hashes them as they pass; the end of the stream is only reported when the digest is right.
///
/// Where the size is announced too (a blob's descriptor), one byte more is an error before it is passed on, and a
/// stream that ends early is told apart from one that was changed.
public struct DigestVerifier<Source: ByteSource>: ByteSource {
    private var source: Source
    private var hasher: DigestHasher
    private let expected: Digest
    private let size: Int64?
    private var byteOffset: Int64 = 0
    private let subject: String

    /// Checks `source` against a digest and, if given, a size in bytes. `subject` names the stream in errors.
    public init(_ source: Source, _ expected: Digest, size: Int64? = nil, subject: String) {
        self.source = source
        self.hasher = DigestHasher(expected.algorithm)
        self.expected = expected
        self.size = size
        self.subject = subject
    }

    /// Reads from the source. Throws `VerificationError` at the byte or the end that is wrong.
    public mutating func read(into buffer: inout MutableRawSpan) throws -> Int {
        let count = try source.read(into: &buffer)
        byteOffset += Int64(count)
        if let size, byteOffset > size { throw VerificationError.tooLong(subject, expected: size) }
        guard count == 0 else {
            hasher.update(buffer.bytes.extracting(0..<count))
            return count
        }
        if let size, byteOffset < size { throw VerificationError.tooShort(subject, found: byteOffset, expected: size) }
        let found = hasher.finalize()
        guard found == expected else { throw VerificationError.wrongDigest(subject, found: found, expected: expected) }
        return 0
    }
}

extension DigestVerifier: Sendable where Source: Sendable {}
