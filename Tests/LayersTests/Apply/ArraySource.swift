import Layers

/// A source of given bytes, at most `chunk` of them a call.
struct ArraySource: ByteSource, Sendable {
    private var rest: ArraySlice<UInt8>
    private let chunk: Int

    init(_ bytes: [UInt8], chunk: Int = .max) {
        self.init(bytes[...], chunk: chunk)
    }

    init(_ bytes: ArraySlice<UInt8>, chunk: Int = .max) {
        rest = bytes
        self.chunk = chunk
    }

    mutating func read(into buffer: inout MutableRawSpan) throws -> Int {
        let count = min(rest.count, buffer.byteCount, chunk)
        buffer.withUnsafeMutableBytes { $0.copyBytes(from: rest.prefix(count)) }
        rest.removeFirst(count)
        return count
    }
}
