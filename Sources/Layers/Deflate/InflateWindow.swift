internal import Checksums

/// Output on its way: the last 32 KiB for matches to copy from (RFC 1951, section 2), and the bytes after them that
/// nobody has taken yet.
struct InflateWindow {
    static let historySize = 32 * 1024
    /// What is decoded before it is handed on: as much as stays in the processor's second cache.
    static let capacity = historySize + 128 * 1024

    var bytes = [UInt8](repeating: 0, count: capacity + InflateFastLoop.outputMargin)
    /// The end of the output in `bytes`.
    var end = 0
    /// The first byte not taken.
    private(set) var taken = 0
    /// Where the output of this stream begins, if it is still in `bytes`; matches may not reach before it.
    private(set) var start = 0

    var isFull: Bool { end >= Self.capacity }
    var pendingCount: Int { end - taken }
    /// How far back a match may reach; what slid away is farther than any distance.
    var historyCount: Int { end - start }

    /// Begins a new stream, to which what was written before is no history.
    mutating func forgetHistory() {
        start = end
    }

    /// Moves the history to the front once all output has been taken.
    mutating func slide() {
        let shift = end - Self.historySize
        guard taken == end, shift > 0 else { return }
        unsafe bytes.withUnsafeMutableBytes { bytes in
            // SAFETY: both ranges end at `end` or before.
            unsafe bytes.copyInPieces(UnsafeRawBufferPointer(rebasing: bytes[shift..<end]))
        }
        end -= shift
        taken = end
        start = max(0, start - shift)
    }

    mutating func append(_ byte: UInt8) {
        bytes[end] = byte
        end += 1
    }

    mutating func append(_ new: ArraySlice<UInt8>) {
        bytes.replaceSubrange(end..<end + new.count, with: new)
        end += new.count
    }

    mutating func appendMatch(length: Int, distance: Int) {
        for _ in 0..<length { append(bytes[end - distance]) }
    }

    /// Appends the output from `start` on to what `checksum` covers.
    func update(_ checksum: inout CRC32, from start: Int) {
        // SAFETY: bytes have no padding.
        checksum.update(unsafe bytes.span.bytes.extracting(start..<end))
    }

    /// Hands on the next bytes and returns how many.
    mutating func take(into buffer: inout MutableRawSpan) -> Int {
        let count = min(pendingCount, buffer.byteCount)
        buffer.copyFront(of: bytes, taken..<taken + count)
        taken += count
        return count
    }
}
