/// SHA-256 (FIPS 180-4, section 6.2).
public struct SHA256: Sendable {
    /// Starts an empty message.
    public init() {}

    /// Appends `bytes` to the message.
    public mutating func update(_ bytes: RawSpan) {}

    /// The digest of the message so far, 32 bytes. The value may go on being updated.
    public func finalize() -> [UInt8] { [] }
}
