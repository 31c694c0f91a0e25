/// CRC-32 of gzip (RFC 1952, section 8): polynomial 0xEDB88320, reflected.
public struct CRC32: Sendable {
    /// The checksum of the bytes so far.
    public private(set) var value: UInt32 = 0

    /// Starts with the checksum of no bytes.
    public init() {}

    /// Appends `bytes`.
    public mutating func update(_ bytes: RawSpan) {
        value = ~CRC32Table.remainder(~value, appending: bytes)
    }
}
