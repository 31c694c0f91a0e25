import Foundation

@testable import Layers

/// Reads a source chunk by chunk, into the same memory.
struct ChunkReader {
    private var source: any ByteSource
    private var chunk = [UInt8](repeating: 0, count: 64 << 10)

    init(_ source: any ByteSource) {
        self.source = source
    }

    /// Reads the next chunk and returns its size, 0 at the end.
    mutating func next() throws -> Int { try source.read(into: &chunk, chunk.indices) }

    /// Whether both begin with the same bytes. By the C library, which is fast in debug builds too.
    func chunkIsEqual(to other: ChunkReader, _ count: Int) -> Bool {
        memcmp(chunk, other.chunk, count) == 0
    }
}
