/// Compressed bytes over a buffer that is filled from a `ByteSource` until it holds a whole block.
///
/// - `next`: the first unread byte of `bytes`; `next <= end <= bytes.count`.
struct ZstdInput {
    /// Two of the largest blocks, so that little has to be moved.
    static let capacity = 2 * ZstdFrameHeader.largestBlock

    private var bytes = [UInt8](repeating: 0, count: capacity)
    private var next = 0
    private var end = 0
    private var byteOffsetOfBuffer = 0

    /// The position in the stream of the first unread byte.
    var byteOffset: Int { byteOffsetOfBuffer + next }

    /// The next `count` bytes, at most `capacity`, as a reader of their own.
    mutating func take(_ count: Int, from source: inout any ByteSource) throws -> BlockReader {
        while end - next < count {
            guard try fill(from: &source) else { throw ZstdError.truncated(atByte: byteOffsetOfBuffer + end) }
        }
        next += count
        return BlockReader(bytes: bytes, range: next - count..<next, byteOffsetOfBuffer: byteOffsetOfBuffer)
    }

    /// Skips at least one and at most `limit` bytes, and returns how many.
    mutating func skip(atMost limit: Int, from source: inout any ByteSource) throws -> Int {
        guard try !isAtEnd(of: &source) else { throw ZstdError.truncated(atByte: byteOffset) }
        let count = min(limit, end - next)
        next += count
        return count
    }

    /// Whether all has been read.
    mutating func isAtEnd(of source: inout any ByteSource) throws -> Bool {
        guard next == end else { return false }
        return try !fill(from: &source)
    }

    /// Appends what one read of `source` brings, after moving the unread bytes to the front; false at the end.
    private mutating func fill(from source: inout any ByteSource) throws -> Bool {
        if next > 0 {
            unsafe bytes.withUnsafeMutableBytes { bytes in
                // SAFETY: slices are checked, and the places may overlap.
                unsafe bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[next..<end]))
            }
            byteOffsetOfBuffer += next
            end -= next
            next = 0
        }
        let count = try source.read(into: &bytes, end..<Self.capacity)
        precondition(count <= Self.capacity - end, "a ByteSource returned more bytes than it was lent")
        end += count
        return count > 0
    }
}
