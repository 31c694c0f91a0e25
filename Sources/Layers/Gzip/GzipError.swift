/// What is wrong with a gzip file around its DEFLATE data. `atByte` is a position in the compressed stream.
public enum GzipError: Error, Equatable {
    /// The input ends inside a header or trailer.
    case truncated(atByte: Int)
    /// A member does not begin with 1F 8B.
    case notGzip(found: UInt16, atByte: Int)
    /// A compression method other than 8, deflate.
    case unknownMethod(UInt8, atByte: Int)
    /// Bits of FLG that RFC 1952 reserves; they may announce fields that nobody can skip.
    case reservedFlags(UInt8, atByte: Int)
    /// A file name or comment beyond the limit.
    case fieldTooLong(limit: Int, atByte: Int)
    /// The header's own CRC (FHCRC) does not fit it.
    case headerChecksumMismatch(found: UInt16, expected: UInt16, atByte: Int)
    /// The output does not have the CRC-32 that the trailer names.
    case checksumMismatch(found: UInt32, expected: UInt32, atByte: Int)
    /// The output does not have the size (modulo 2^32) that the trailer names.
    case sizeMismatch(found: UInt32, expected: UInt32, atByte: Int)
    /// Something other than zeros or another member after a member.
    case trailingGarbage(UInt8, atByte: Int)
}

extension GzipError: CustomStringConvertible {
    /// One sentence that says what was found and where.
    public var description: String {
        switch self {
        case .truncated(let byte): "gzip data ends early, at byte \(byte)"
        case .notGzip(let found, let byte):
            "not gzip data: \(Self.hex(found, digits: 4)) at byte \(byte), expected 1f8b"
        case .unknownMethod(let method, let byte): "gzip compression method \(method) at byte \(byte), expected 8"
        case .reservedFlags(let flags, let byte): "reserved gzip flags \(Self.hex(flags, digits: 2)) at byte \(byte)"
        case .fieldTooLong(let limit, let byte): "gzip header field at byte \(byte) is longer than \(limit) bytes"
        case .headerChecksumMismatch(let found, let expected, let byte):
            "gzip header before byte \(byte) has CRC-16 \(Self.hex(found, digits: 4)), "
                + "expected \(Self.hex(expected, digits: 4))"
        case .checksumMismatch(let found, let expected, let byte):
            "gzip data before byte \(byte) has CRC-32 \(Self.hex(found, digits: 8)), "
                + "expected \(Self.hex(expected, digits: 8))"
        case .sizeMismatch(let found, let expected, let byte):
            "gzip data before byte \(byte) has size \(found) modulo 2^32, expected \(expected)"
        case .trailingGarbage(let found, let byte):
            "byte \(Self.hex(found, digits: 2)) after the gzip data, at byte \(byte)"
        }
    }

    private static func hex(_ value: some FixedWidthInteger, digits: Int) -> String {
        let hex = String(value, radix: 16)
        return String(repeating: "0", count: digits - hex.count) + hex
    }
}
