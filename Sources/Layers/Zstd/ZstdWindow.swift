internal import Checksums

/// Output on its way: a ring that holds the frame's window for matches to copy from, and the block that nobody has
/// taken yet.
///
/// A block is always in one piece: where the room up to `lapLimit` does not suffice, the next lap begins at the front.
/// A lap ends at least `overrun` bytes behind the window's size, so what a block overwrites is further back than any
/// match may reach, and so is what copies write too much. The memory grows with what comes, not with what is announced.
struct ZstdWindow {
    /// How far behind the end of a block may be written.
    static let overrun = 64

    var bytes: [UInt8] = []
    /// The end of the output in `bytes`.
    var end = 0
    private var taken = 0
    /// Where the lap before this one ended; 0 in the first.
    private(set) var previousEnd = 0
    /// How far back a match may reach at most.
    private(set) var size = 0

    private var lapLimit: Int { size + 2 * ZstdFrameHeader.largestBlock + Self.overrun }
    var pendingCount: Int { end - taken }
    /// How far back a match may reach here.
    var historyCount: Int { previousEnd > 0 ? size : min(size, end) }

    /// Begins a new frame, once all output has been taken.
    mutating func begin(size: Int) {
        self.size = size
        (end, taken, previousEnd) = (0, 0, 0)
    }

    /// Makes room for a block, once all output has been taken.
    mutating func makeRoom(for blockSize: Int) {
        if end + blockSize > lapLimit {
            previousEnd = end
            (end, taken) = (0, 0)
        }
        let needed = end + blockSize + Self.overrun
        guard bytes.count < needed else { return }
        let count = min(max(needed, 2 * bytes.count), lapLimit + Self.overrun)
        bytes.reserveCapacity(count)
        bytes.append(contentsOf: repeatElement(0, count: count - bytes.count))
    }

    mutating func append(_ new: ArraySlice<UInt8>) {
        bytes.replaceSubrange(end..<end + new.count, with: new)
        end += new.count
    }

    mutating func append(_ byte: UInt8, count: Int) {
        for index in end..<end + count { bytes[index] = byte }
        end += count
    }

    mutating func appendMatch(length: Int, offset: Int) {
        for _ in 0..<length {
            bytes[end] = bytes[offset <= end ? end - offset : previousEnd + end - offset]
            end += 1
        }
    }

    /// Appends the output that has not been taken to what `checksum` covers.
    func update(_ checksum: inout XXH64) {
        // SAFETY: bytes have no padding.
        checksum.update(unsafe bytes.span.bytes.extracting(taken..<end))
    }

    /// Hands on the next bytes and returns how many.
    mutating func take(into buffer: inout MutableRawSpan) -> Int {
        let count = min(pendingCount, buffer.byteCount)
        buffer.copyFront(of: bytes, taken..<taken + count)
        taken += count
        return count
    }
}
