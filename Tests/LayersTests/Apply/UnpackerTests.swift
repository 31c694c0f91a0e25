import ContainerImage
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Layers

/// Layers that are decompressed ahead, with the number of cores as a parameter.
@Suite struct UnpackerTests {
    private static let layerCount = 7

    /// Counts the layers whose bytes somebody has begun to read.
    private final class Readers: Sendable {
        let count = Atomic(0)
    }

    /// A layer's bytes, of which the first are only given once as many layers as expected are being read.
    private struct WatchedSource: ByteSource {
        var source: ArraySource
        let readers: Readers
        /// How many readers to wait for at the first read; nil after it.
        var expected: Int?

        mutating func read(into buffer: inout MutableRawSpan) throws -> Int {
            if let wanted = expected {
                expected = nil
                readers.count.add(1, ordering: .sequentiallyConsistent)
                let deadline = Date(timeIntervalSinceNow: 120)
                while readers.count.load(ordering: .sequentiallyConsistent) < wanted, Date() < deadline { usleep(1000) }
            }
            return try source.read(into: &buffer)
        }
    }

    private static func layers(_ readers: Readers = Readers(), firstWaitsFor expected: Int = 0) -> [Layer] {
        (0..<layerCount).map { number in
            let tar = TarBuilder.archive { tar in
                tar.file("shared", "\(number)")
                tar.file("own-\(number)", String(repeating: "\(number)", count: 64 << 10))
                if number > 0 { tar.file(".wh.own-\(number - 1)", "") }
            }
            let source = WatchedSource(
                source: ArraySource(tar), readers: readers, expected: number == 0 ? expected : 0)
            return Layer(diffID: Digest(of: tar), mediaType: "", blob: source)
        }
    }

    @Test(arguments: [(1, 1), (2, 1), (3, 2), (4, 3), (5, 4), (64, 4)])
    func asManyLayersAreReadAtOnceAsThereAreCoresForThem(cores: Int, expected: Int) throws {
        let folder = try TemporaryFolder()
        var unpacker = try Unpacker(into: folder.path, sizeLimit: .max, cores: cores)
        let readers = Readers()
        var readersAtFirst = 0
        var order: [Int] = []
        _ = try unpacker.unpack(Self.layers(readers, firstWaitsFor: expected)) { number in
            if number == 0 { readersAtFirst = readers.count.load(ordering: .sequentiallyConsistent) }
            order.append(number)
        }
        #expect(readersAtFirst == expected)
        #expect(order == Array(0..<Self.layerCount))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(names == ["own-\(Self.layerCount - 1)", "shared"])
        #expect(try String(contentsOfFile: folder("shared"), encoding: .utf8) == "\(Self.layerCount - 1)")
    }

    /// A layer that was decompressed ahead fails in its turn, whatever became of those after it.
    @Test(arguments: [1, 3, 64])
    func aDamagedLayerFailsInItsTurn(cores: Int) throws {
        let folder = try TemporaryFolder()
        var layers = Self.layers()
        layers[3] = Layer(diffID: layers[3].diffID, mediaType: "", blob: ArraySource([0x1F, 0x8B, 8, 0xFF]))
        layers[4] = Layer(diffID: layers[4].diffID, mediaType: "", blob: ArraySource(Array("BZh9".utf8)))
        var unpacker = try Unpacker(into: folder.path, sizeLimit: .max, cores: cores)
        var order: [Int] = []
        #expect(throws: GzipError.reservedFlags(0xFF, atByte: 3)) {
            _ = try unpacker.unpack(layers) { order.append($0) }
        }
        #expect(order == [0, 1, 2])
    }
}
