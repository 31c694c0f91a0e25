import Foundation
import TestSupport
import Testing

/// Layers that want more than they are worth: time without end, or memory.
@Suite(.enabled(if: Program.exists("python3"), "needs python3"))
struct HostileLayerTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Pulls an image of one layer, which must fail; returns what was said and the peak of memory.
    private func pull(_ layer: [UInt8], options: [String] = []) throws -> (errors: String, peakMemory: Int) {
        try MadeLayout.make(folder("layout"), ["latest": [layer]])
        var program = Commands.program("d-pull", "oci:" + folder("layout"), folder("there"))
        program.arguments += options
        let (result, peakMemory) = try program.runMeasured()
        #expect(result.status == 1, "\(result)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["layout"])
        return (result.errors, peakMemory)
    }

    struct Bomb: CustomTestStringConvertible {
        let testDescription: String
        /// A block of 512 bytes in Python, repeated for 200 MiB.
        let block: String
    }

    @Test(arguments: [
        Bomb(testDescription: "zeros after the end", block: "bytes(512)"),
        Bomb(testDescription: "four hundred thousand entries", block: "tarfile.TarInfo('name').tobuf()"),
    ])
    func memoryStaysSmallUntilWhatSurroundsFilesHasItsLimit(_ bomb: Bomb) throws {
        let script = """
            import sys, tarfile, zlib
            gzip = zlib.compressobj(1, wbits=31)
            chunk = \(bomb.block) * 2048
            with open(sys.argv[1], "wb") as file:
                for _ in range(200):
                    file.write(gzip.compress(chunk))
                file.write(gzip.flush())
            """
        let made = try Program("python3", "-c", script, folder("gz")).run()
        try #require(made.status == 0, "\(made)")
        let layer = try [UInt8](Data(contentsOf: URL(filePath: folder("gz"))))
        try FileManager.default.removeItem(atPath: folder("gz"))
        let (errors, peakMemory) = try pull(layer, options: ["--max-size", "1000"])
        #expect(errors.contains("have more than 67109864 bytes uncompressed"), "\(errors)")
        #expect(peakMemory < 64 << 20, "\(peakMemory >> 20) MiB")
    }

    /// A few bytes that announce gigabytes.
    @Test(arguments: [
        "zstd/bad-window-3.75-TiB.zst", "zstd/bad-window-144-MiB.zst", "zstd/bad-segment-129-MiB.zst",
        "zstd/bad-content-size-8-EiB.zst", "zstd/bad-offset-2-GiB.zst", "zstd/window-128-MiB.zst",
        "tar/bad-size-8-EiB.tar", "tar/bad-size-over-64-bits.tar", "tar/bad-pax-over-1-MiB.tar", "tar/bad-pax-size.tar",
        "tar/bad-sparse-outside.tar", "tar/bad-long-name-over-4096.tar",
    ])
    func memoryStaysSmallWhateverIsAnnounced(_ name: String) throws {
        let (_, peakMemory) = try pull(Fixture.bytes(name))
        #expect(peakMemory < 64 << 20, "\(peakMemory >> 20) MiB")
    }
}
