import Layers

/// Bytes, and others again and again after them.
struct EndlessSource: ByteSource, Sendable {
    private var rest: ArraySlice<UInt8>
    private let again: [UInt8]

    init(_ start: [UInt8] = [], thenAgainAndAgain again: [UInt8]) {
        rest = start[...]
        self.again = [UInt8](repeatElement(again, count: 1 + (64 << 10) / again.count).joined())
    }

    mutating func read(into buffer: inout MutableRawSpan) -> Int {
        if rest.isEmpty { rest = again[...] }
        let count = min(rest.count, buffer.byteCount)
        buffer.withUnsafeMutableBytes { $0.copyBytes(from: rest.prefix(count)) }
        rest.removeFirst(count)
        return count
    }
}
