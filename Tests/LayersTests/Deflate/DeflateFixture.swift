import Foundation
import Testing

@testable import Layers

/// A file of Fixtures/deflate or Fixtures/gzip, and beside it what it decodes to; nil if it must be refused.
struct DeflateFixture: CustomTestStringConvertible {
    let name: String
    let compressed: [UInt8]
    let expected: [UInt8]?

    var testDescription: String { name }

    static let deflate = all(in: "deflate", pathExtension: "deflate")
    static let gzip = all(in: "gzip", pathExtension: "gz")

    private static func all(in folder: String, pathExtension: String) -> [DeflateFixture] {
        let folder = URL(filePath: #filePath).appending(path: "../../../../Fixtures/\(folder)").standardized
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.pathExtension == pathExtension }.compactMap { file in
            guard let compressed = try? Data(contentsOf: file) else { return nil }
            let expected = try? Data(contentsOf: file.deletingPathExtension().appendingPathExtension("expected"))
            return DeflateFixture(
                name: file.deletingPathExtension().lastPathComponent, compressed: Array(compressed),
                expected: expected.map(Array.init))
        }.sorted { $0.name < $1.name }
    }
}

/// Bytes that come in chunks of a fixed size.
struct BytesInChunks: ByteSource {
    private var rest: ArraySlice<UInt8>
    private let chunkSize: Int

    init(_ bytes: [UInt8], chunkSize: Int = .max) {
        self.init(bytes[...], chunkSize: chunkSize)
    }

    init(_ bytes: ArraySlice<UInt8>, chunkSize: Int = .max) {
        rest = bytes
        self.chunkSize = chunkSize
    }

    mutating func read(into buffer: inout MutableRawSpan) -> Int {
        let part = rest.prefix(min(chunkSize, buffer.byteCount))
        buffer.withUnsafeMutableBytes { $0.copyBytes(from: part) }
        rest = rest[part.endIndex...]
        return part.count
    }
}

/// All that `source` gives, read into buffers of `bufferSize`.
func readAll(_ source: any ByteSource, bufferSize: Int = 10_000) throws -> [UInt8] {
    var source = source
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: bufferSize)
    while true {
        let count = try read(from: &source, into: &buffer)
        if count == 0 { return all }
        all += buffer[..<count]
    }
}

private func read(from source: inout any ByteSource, into buffer: inout [UInt8]) throws -> Int {
    var span = buffer.mutableSpan
    // SAFETY: bytes have no padding, and any bit pattern is one.
    var bytes = unsafe span.mutableBytes
    return try source.read(into: &bytes)
}

/// Decodes bare DEFLATE data, in chunks of `chunkSize`.
func inflated(
    _ compressed: [UInt8], chunkSize: Int = .max, by implementation: Inflate.Implementation = .fast
) throws -> [UInt8] {
    var source: any ByteSource = BytesInChunks(compressed, chunkSize: chunkSize)
    var input = BitReader()
    var window = InflateWindow()
    var inflate = Inflate(implementation)
    var all: [UInt8] = []
    while true {
        let progress = try inflate.decode(&input, into: &window)
        all += pendingBytes(of: &window)
        switch progress {
        case .needsInput: try input.fill(from: &source)
        case .windowFull: window.slide()
        case .endOfStream: return all
        }
    }
}

private func pendingBytes(of window: inout InflateWindow) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: window.pendingCount)
    var span = bytes.mutableSpan
    // SAFETY: bytes have no padding, and any bit pattern is one.
    var free = unsafe span.mutableBytes
    _ = window.take(into: &free)
    return bytes
}
