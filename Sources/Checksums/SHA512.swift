/// SHA-512 (FIPS 180-4, section 6.4).
public struct SHA512: Sendable {
    /// Starts an empty message.
    public init() {}

    /// Appends `bytes` to the message.
    public mutating func update(_ bytes: RawSpan) {}

    /// The digest of the message so far, 64 bytes. The value may go on being updated.
    public func finalize() -> [UInt8] { [] }
}
