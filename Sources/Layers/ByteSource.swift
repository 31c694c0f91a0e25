/// Bytes that come in order, a chunk at a time: a file, a decompressor over a file, a digest check over a decompressor.
///
/// Stages are wrappers that pull from the stage below, so none holds a whole layer. A call moves a chunk of tens or
/// hundreds of KiB, never a byte, so the cost of the existential does not count.
public protocol ByteSource {
    /// Writes the next bytes to the front of `buffer` and returns how many: at least 1, or 0 at the end of the stream
    /// and at every call after it. A return of less than the buffer's size does not mean that the end is near.
    ///
    /// Throws when the bytes cannot be had or are not what they should be; the source is not to be read after that.
    mutating func read(into buffer: inout MutableRawSpan) throws -> Int

    /// Leaves out up to `count` bytes where that costs less than to read them; returns how many were left out.
    mutating func skip(_ count: Int64) throws -> Int64
}

extension ByteSource {
    /// Nothing is left out: the bytes are read, and hashed or decompressed.
    public mutating func skip(_ count: Int64) -> Int64 { 0 }

    /// Reads into a part of an array; otherwise like `read(into:)`.
    mutating func read(into bytes: inout [UInt8], _ range: Range<Int>) throws -> Int {
        try unsafe bytes.withUnsafeMutableBytes { all in
            // SAFETY: the slice is bounds-checked, and the span does not outlive it.
            var part = unsafe MutableRawSpan(_unsafeBytes: UnsafeMutableRawBufferPointer(rebasing: all[range]))
            return try read(into: &part)
        }
    }
}
