/// Sixteen tables of remainders, so that sixteen bytes are divided at a time by sixteen independent look-ups
/// ("slicing"). This is the reference, and what runs where the processor has nothing better.
enum CRC32Table {
    /// `remainder` (not inverted) carried on over `bytes`.
    static func remainder(_ remainder: UInt32, appending bytes: RawSpan) -> UInt32 {
        let tables = Self.tables.span
        var crc = remainder
        var offset = 0
        while bytes.byteCount &- offset >= 16 {
            let low = bytes.littleEndian64(at: offset) ^ UInt64(crc)
            let high = bytes.littleEndian64(at: offset &+ 8)
            crc = 0
            for byte in 0..<8 {
                let shift = UInt64(truncatingIfNeeded: 8 &* byte)
                crc ^= tables[(15 &- byte) &<< 8 | Int(truncatingIfNeeded: low &>> shift) & 0xFF]
                crc ^= tables[(7 &- byte) &<< 8 | Int(truncatingIfNeeded: high &>> shift) & 0xFF]
            }
            offset &+= 16
        }
        while offset < bytes.byteCount {
            crc = crc &>> 8 ^ tables[Int(truncatingIfNeeded: crc ^ UInt32(bytes.byte(at: offset))) & 0xFF]
            offset &+= 1
        }
        return crc
    }

    /// `tables[256 * n + b]` is the remainder of the byte `b` followed by `n` zero bytes.
    private static let tables: InlineArray<4096, UInt32> = {
        var tables = InlineArray<4096, UInt32>(repeating: 0)
        for byte in 0..<256 {
            tables[byte] = (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 == 0 ? crc >> 1 : crc >> 1 ^ 0xEDB8_8320 }
        }
        for index in 256..<4096 {
            let shorter = tables[index - 256]
            tables[index] = shorter >> 8 ^ tables[Int(shorter & 0xFF)]
        }
        return tables
    }()
}
