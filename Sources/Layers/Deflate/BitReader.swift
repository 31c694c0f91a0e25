/// Compressed input as a stream of bits, least significant first (RFC 1951, section 3.1.1), over a buffer that is
/// filled from a `ByteSource` between symbols, never inside one.
///
/// - `bitBuffer`: the next `bitCount` bits; what stands above them is zero, or bits that `next` still has to deliver.
/// - `next`: the first byte of `bytes` that is not counted in `bitCount`; `next <= end <= bytes.count`.
/// - `isFinal`: the source has nothing after `end`.
struct BitReader {
    /// More than the longest block header, and a read of useful size.
    static let capacity = 64 * 1024

    var bytes = [UInt8](repeating: 0, count: capacity)
    var next = 0
    private(set) var end = 0
    private(set) var isFinal = false
    var bitBuffer: UInt64 = 0
    var bitCount = 0
    /// The position in the whole stream of `bytes[0]`.
    private var byteOffsetOfBuffer = 0

    /// The position in the stream of the first byte with an unread bit.
    var byteOffset: Int { byteOffsetOfBuffer + next - (bitCount + 7) / 8 }

    /// Whether `count` more bytes can be read, or all that are left.
    func holds(_ count: Int) -> Bool {
        isFinal || end - next >= count
    }

    /// Appends what one read of `source` brings, after moving the unread bytes to the front.
    mutating func fill(from source: inout any ByteSource) throws {
        giveBackBytes()
        if next > 0 {
            for index in next..<end { bytes[index - next] = bytes[index] }
            byteOffsetOfBuffer += next
            end -= next
            next = 0
        }
        let count = try Self.read(from: &source, into: &bytes, at: end)
        // The fast loop reads without checks up to `end`.
        precondition(count <= Self.capacity - end, "a ByteSource returned more bytes than it was lent")
        end += count
        isFinal = count == 0
    }

    private static func read(
        from source: inout any ByteSource, into bytes: inout [UInt8], at offset: Int
    ) throws -> Int {
        var span = bytes.mutableSpan
        // SAFETY: bytes have no padding, and any bit pattern is one.
        var all = unsafe span.mutableBytes
        var free = all._mutatingExtracting(offset...)
        return try source.read(into: &free)
    }

    /// The next `count` bits, at most 16, without consuming them; zeros after the end of the input.
    mutating func peek(_ count: Int) -> Int {
        while bitCount < count, next < end {
            bitBuffer &= 1 << UInt64(bitCount) - 1
            bitBuffer |= UInt64(bytes[next]) << UInt64(bitCount)
            next += 1
            bitCount += 8
        }
        return Int(bitBuffer & (1 << UInt64(min(count, bitCount)) - 1))
    }

    /// Consumes `count` bits that were peeked.
    mutating func drop(_ count: Int) throws(InflateError) {
        guard count <= bitCount else { throw .truncated(atByte: byteOffsetOfBuffer + end) }
        bitBuffer >>= UInt64(count)
        bitCount -= count
    }

    /// Consumes the next `count` bits, at most 16.
    mutating func take(_ count: Int) throws(InflateError) -> Int {
        let bits = peek(count)
        try drop(count)
        return bits
    }

    private mutating func giveBackBytes() {
        next -= bitCount / 8
        bitCount %= 8
    }

    /// Skips to the next byte boundary and gives whole bytes back to the buffer.
    mutating func alignToByte() {
        giveBackBytes()
        bitCount = 0
    }

    /// The next whole byte of an aligned reader; nil at the end of the input.
    mutating func nextByte() -> UInt8? {
        guard next < end else { return nil }
        next += 1
        return bytes[next - 1]
    }

    /// The next whole bytes of an aligned reader, at least one and at most `limit`.
    mutating func takeBytes(atMost limit: Int) throws(InflateError) -> ArraySlice<UInt8> {
        guard next < end else { throw .truncated(atByte: byteOffset) }
        let range = next..<min(end, next + limit)
        next = range.upperBound
        return bytes[range]
    }

    /// Gives back the byte that `nextByte` returned last.
    mutating func unread() {
        next -= 1
    }
}
