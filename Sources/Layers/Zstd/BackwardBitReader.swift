/// A bit stream that is read from its end (RFC 8878, section 4.1): the highest set bit of its last byte marks where.
struct BackwardBitReader {
    let bytes: [UInt8]
    /// The first byte of the stream in `bytes`.
    let start: Int
    /// The bits that are left; negative once more were taken than there are.
    var bitCount: Int
    private let section: ZstdError.Section
    private let byteOffsetOfBuffer: Int

    init(_ block: BlockReader, of section: ZstdError.Section) throws(ZstdError) {
        guard let last = block.range.last, block.bytes[last] != 0 else {
            throw .noFinalBit(section, atByte: block.byteOffsetOfBuffer + block.range.upperBound)
        }
        bytes = block.bytes
        start = block.range.lowerBound
        bitCount = 8 * block.range.count - 1 - block.bytes[last].leadingZeroBitCount
        self.section = section
        byteOffsetOfBuffer = block.byteOffsetOfBuffer
    }

    /// The position in the whole stream of the next bit.
    var byteOffset: Int { byteOffsetOfBuffer + start + max(0, bitCount - 1) / 8 }

    /// The next `count` bits, at most 32; zeros where there are no more.
    func peek(_ count: Int) -> Int {
        let end = max(0, bitCount)
        let first = max(0, bitCount - count)
        var value = 0
        for byte in stride(from: (end + 7) / 8 - 1, through: first / 8, by: -1) {
            value = value << 8 | Int(bytes[start + byte])
        }
        value = value >> (first % 8) & (1 << (end - first) - 1)
        return value << (count - (end - first))
    }

    /// Consumes the next `count` bits, at most 32; zeros where there are no more.
    mutating func take(_ count: Int) -> Int {
        let value = peek(count)
        bitCount -= count
        return value
    }

    /// Throws unless exactly all bits have been taken.
    func expectEnd() throws(ZstdError) {
        guard bitCount == 0 else { throw .bitStreamMismatch(section, bitsLeft: bitCount, atByte: byteOffset) }
    }

    /// Throws if more bits have been taken than there are.
    func expectNoOverrun() throws(ZstdError) {
        guard bitCount >= 0 else { throw .bitStreamMismatch(section, bitsLeft: bitCount, atByte: byteOffset) }
    }
}
