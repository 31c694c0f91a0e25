/// A layer's uncompressed bytes, made on a thread of their own: that thread reads, verifies and decompresses, the one
/// that reads from here hashes for the DiffID and makes the files. A third thread for one layer gains nothing.
final class LayerStream: ByteSource {
    private let ring = ChunkRing()

    /// Starts to decompress at once, as far ahead as the ring is long. Throws when there can be no thread.
    init(_ layer: Layer) throws(LayerError) {
        try DetachedThread.start { [ring] in
            do {
                ring.fill(from: try layer.decompressed())
            } catch {
                ring.fill(from: FailedSource(error: error))
            }
        }
    }

    deinit { ring.abandon() }

    func read(into buffer: inout MutableRawSpan) throws -> Int { try ring.read(into: &buffer) }
}

/// A source that could not be opened.
private struct FailedSource: ByteSource {
    let error: any Error

    func read(into buffer: inout MutableRawSpan) throws -> Int { throw error }
}
