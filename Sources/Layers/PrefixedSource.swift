/// A source with its first bytes already taken, for a look at them, and put back in front.
struct PrefixedSource: ByteSource {
    /// The bytes that were looked at.
    private(set) var prefix: [UInt8] = []
    private var source: any ByteSource

    /// Takes `length` bytes from `source`, fewer if it ends before.
    init(_ source: any ByteSource, length: Int) throws {
        self.source = source
        while prefix.count < length {
            var bytes = [UInt8](repeating: 0, count: length - prefix.count)
            let count = try self.source.read(into: &bytes, bytes.indices)
            if count == 0 { break }
            prefix += bytes.prefix(count)
        }
    }

    /// The prefix, then the rest.
    mutating func read(into buffer: inout MutableRawSpan) throws -> Int {
        guard !prefix.isEmpty else { return try source.read(into: &buffer) }
        let count = min(prefix.count, buffer.byteCount)
        for index in 0..<count { buffer.storeBytes(of: prefix[index], toByteOffset: index, as: UInt8.self) }
        prefix.removeFirst(count)
        return count
    }
}
