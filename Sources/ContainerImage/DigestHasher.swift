internal import Checksums

/// Hashes a stream of bytes into a `Digest`.
public struct DigestHasher: Sendable {
    private enum State {
        case sha256(SHA256)
        case sha512(SHA512)
    }

    private var state: State

    /// Starts an empty message.
    public init(_ algorithm: Digest.Algorithm) {
        state =
            switch algorithm {
            case .sha256: .sha256(SHA256())
            case .sha512: .sha512(SHA512())
            }
    }

    /// Appends `bytes` to the message.
    public mutating func update(_ bytes: RawSpan) {
        switch state {
        case .sha256(var hash):
            hash.update(bytes)
            state = .sha256(hash)
        case .sha512(var hash):
            hash.update(bytes)
            state = .sha512(hash)
        }
    }

    /// The digest of all bytes so far.
    public func finalize() -> Digest {
        switch state {
        case .sha256(let hash): Digest(.sha256, hash: hash.finalize())
        case .sha512(let hash): Digest(.sha512, hash: hash.finalize())
        }
    }
}
