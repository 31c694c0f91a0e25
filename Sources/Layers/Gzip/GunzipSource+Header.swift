internal import Checksums

/// The header of a member (RFC 1952, section 2.3.1):
///
///     1F 8B CM FLG MTIME(4) XFL OS | XLEN(2) extra | file name 00 | comment 00 | CRC16(2)
///
/// of which the optional fields are there when FLG says so.
extension GunzipSource {
    static let magic: (UInt8, UInt8) = (0x1F, 0x8B)

    /// A name has no length field; longer ones than any file system takes serve only to keep a reader busy.
    static let fieldLimit = 64 * 1024

    private struct Flags: OptionSet {
        let rawValue: UInt8
        static let headerChecksum = Flags(rawValue: 0x02)
        static let extra = Flags(rawValue: 0x04)
        static let name = Flags(rawValue: 0x08)
        static let comment = Flags(rawValue: 0x10)
        static let reserved = Flags(rawValue: 0xE0)
    }

    mutating func skipHeader() throws {
        var checksum = CRC32()
        let start = input.byteOffset
        let magic = try (headerByte(&checksum), headerByte(&checksum))
        guard magic == Self.magic else {
            throw GzipError.notGzip(found: UInt16(magic.0) << 8 | UInt16(magic.1), atByte: start)
        }
        let method = try headerByte(&checksum)
        guard method == 8 else { throw GzipError.unknownMethod(method, atByte: start + 2) }
        let flags = Flags(rawValue: try headerByte(&checksum))
        guard flags.isDisjoint(with: .reserved) else {
            throw GzipError.reservedFlags(flags.rawValue, atByte: start + 3)
        }
        for _ in 0..<6 { _ = try headerByte(&checksum) }
        if flags.contains(.extra) {
            let length = try Int(headerByte(&checksum)) | Int(headerByte(&checksum)) << 8
            for _ in 0..<length { _ = try headerByte(&checksum) }
        }
        if flags.contains(.name) { try skipString(&checksum) }
        if flags.contains(.comment) { try skipString(&checksum) }
        guard flags.contains(.headerChecksum) else { return }
        let found = UInt16(truncatingIfNeeded: checksum.value)
        let expected = try UInt16(littleEndianBytes(count: 2))
        guard found == expected else {
            throw GzipError.headerChecksumMismatch(found: found, expected: expected, atByte: input.byteOffset - 2)
        }
    }

    private mutating func skipString(_ checksum: inout CRC32) throws {
        let start = input.byteOffset
        while try headerByte(&checksum) != 0 {
            guard input.byteOffset - start < Self.fieldLimit else {
                throw GzipError.fieldTooLong(limit: Self.fieldLimit, atByte: start)
            }
        }
    }

    private mutating func headerByte(_ checksum: inout CRC32) throws -> UInt8 {
        let byte = try requiredByte()
        let bytes: InlineArray<1, UInt8> = [byte]
        // SAFETY: bytes have no padding.
        checksum.update(unsafe bytes.span.bytes)
        return byte
    }

    private mutating func requiredByte() throws -> UInt8 {
        guard let byte = try nextByte() else { throw GzipError.truncated(atByte: input.byteOffset) }
        return byte
    }

    mutating func littleEndianBytes(count: Int) throws -> Int {
        var value = 0
        for index in 0..<count { value |= try Int(requiredByte()) << (8 * index) }
        return value
    }
}
