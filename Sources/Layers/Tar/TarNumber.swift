/// The numbers of tar headers: octal digits between spaces and NULs, or base-256 when the first bit is set.
enum TarNumber {
    /// The value of a field; an empty one is 0. Nil when it is no number, or none of 64 bits.
    static func parse(_ field: ArraySlice<UInt8>) -> Int64? {
        guard let first = field.first, first & 0x80 != 0 else { return octal(field) }
        return base256(field)
    }

    private static func octal(_ field: ArraySlice<UInt8>) -> Int64? {
        let digits = field.drop { $0 == 0x20 || $0 == 0 }.prefix { $0 != 0x20 && $0 != 0 }
        var value: Int64 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(digit), value >> 60 == 0 else { return nil }
            value = value << 3 | Int64(digit - UInt8(ascii: "0"))
        }
        return value
    }

    /// Big-endian two's complement of all bits but the first, which marks the form; the second is the sign.
    private static func base256(_ field: ArraySlice<UInt8>) -> Int64? {
        let isNegative = field[field.startIndex] & 0x40 != 0
        var value: Int64 = isNegative ? -1 : 0
        for (index, byte) in field.enumerated() {
            let bits = index == 0 ? (isNegative ? byte | 0x80 : byte & 0x7F) : byte
            guard value >> 55 == (isNegative ? -1 : 0) else { return nil }
            value = value << 8 | Int64(bits)
        }
        return value
    }
}
