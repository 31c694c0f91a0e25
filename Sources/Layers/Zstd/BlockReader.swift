/// A part of the compressed bytes: a header, a block, or one of its sections.
struct BlockReader {
    let bytes: [UInt8]
    private(set) var range: Range<Int>
    let byteOffsetOfBuffer: Int

    init(bytes: [UInt8], range: Range<Int>, byteOffsetOfBuffer: Int) {
        (self.bytes, self.range, self.byteOffsetOfBuffer) = (bytes, range, byteOffsetOfBuffer)
    }

    /// The position in the whole stream of the next byte.
    var byteOffset: Int { byteOffsetOfBuffer + range.lowerBound }

    /// The next `count` bytes, at most 8, as a number; without consuming them, and zeros after the end.
    func peek(_ count: Int) -> UInt64 {
        range.prefix(count).reversed().reduce(0) { $0 << 8 | UInt64(bytes[$1]) }
    }

    /// Consumes the next `count` bytes, at most 8, as a number.
    mutating func number(_ count: Int, of section: ZstdError.Section) throws(ZstdError) -> Int {
        let value = peek(count)
        _ = try take(count, of: section)
        return Int(truncatingIfNeeded: value)
    }

    /// Consumes the next `count` bytes.
    mutating func take(_ count: Int, of section: ZstdError.Section) throws(ZstdError) -> BlockReader {
        guard count <= range.count else {
            throw .blockEndsEarly(section, atByte: byteOffsetOfBuffer + range.upperBound)
        }
        let middle = range.lowerBound + count
        defer { range = middle..<range.upperBound }
        return BlockReader(
            bytes: bytes, range: range.lowerBound..<middle, byteOffsetOfBuffer: byteOffsetOfBuffer)
    }

    /// Consumes the rest.
    mutating func takeAll() -> BlockReader {
        defer { range = range.upperBound..<range.upperBound }
        return self
    }
}
