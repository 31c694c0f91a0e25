/// A tar archive breaks its format.
public enum TarError: Error, Equatable, CustomStringConvertible {
    /// The archive ends inside a header, an entry's content or its padding.
    case truncated(atByte: Int64)
    /// A header's checksum is wrong: damaged, or no tar at all.
    case checksumMismatch(found: Int64, expected: Int64, atByte: Int64)
    /// A numeric field holds something else, or more than 64 bits.
    case invalidNumber(field: String, [UInt8], atByte: Int64)
    /// A negative size, or one that no archive can hold.
    case invalidSize(Int64, atByte: Int64)
    /// A pax header is not made of `LENGTH KEY=VALUE` lines, or a value is not what its key asks for.
    case invalidPAXRecord(String, atByte: Int64)
    /// An extension header over the limit.
    case extensionTooLarge(size: Int64, limit: Int64, atByte: Int64)
    /// A sparse map whose pieces overlap, lie outside the file, or do not fit the data.
    case invalidSparseMap(String, atByte: Int64)
    /// A type of entry that cannot be unpacked.
    case unsupportedType(UInt8, atByte: Int64)

    /// One sentence with the place.
    public var description: String {
        switch self {
        case .truncated(let offset): "tar: ends in the middle of an entry, at byte \(offset)"
        case .checksumMismatch(let found, let expected, let offset):
            "tar: header checksum \(found), expected \(expected), at byte \(offset)"
        case .invalidNumber(let field, let bytes, let offset):
            "tar: field \(field) holds '\(String(decoding: bytes, as: UTF8.self))', expected a number, at byte \(offset)"
        case .invalidSize(let size, let offset): "tar: size \(size) is not possible, at byte \(offset)"
        case .invalidPAXRecord(let reason, let offset): "tar: pax header: \(reason), at byte \(offset)"
        case .extensionTooLarge(let size, let limit, let offset):
            "tar: extension header of \(size) bytes, at most \(limit) are allowed, at byte \(offset)"
        case .invalidSparseMap(let reason, let offset): "tar: sparse map: \(reason), at byte \(offset)"
        case .unsupportedType(let type, let offset):
            "tar: entry type '\(Unicode.Scalar(type))' is not supported, at byte \(offset)"
        }
    }
}
