import Checksums
import ContainerImage
import TestSupport
import Testing

@testable import Layers

/// A file of Fixtures/zstd, and what tells what it decodes to; neither if it must be refused.
struct ZstdFixture: CustomTestStringConvertible {
    let name: String
    let compressed: [UInt8]
    private let expected: [UInt8]?
    private let digest: String?

    var testDescription: String { name }
    var isGood: Bool { expected != nil || digest != nil }
    /// Whether the stream may end between two frames.
    var hasSeveralFrames: Bool { name.hasPrefix("frames-") }

    static let all: [ZstdFixture] =
        (try? Fixture.names(in: "zstd", suffix: ".zst").map { name in
            let stem = String(name.dropLast(4))
            let digest = try? Fixture.bytes("zstd/\(stem).sha256")
            return ZstdFixture(
                name: stem, compressed: try Fixture.bytes("zstd/\(name)"),
                expected: try? Fixture.bytes("zstd/\(stem).expected"),
                digest: digest.map { String(decoding: $0.dropLast(), as: UTF8.self) })
        }) ?? []
    static let good = all.filter(\.isGood)

    func isExpected(_ output: [UInt8]) -> Bool {
        if let expected { return output == expected }
        var hasher = DigestHasher(.sha256)
        // SAFETY: bytes have no padding.
        hasher.update(unsafe output.span.bytes)
        return hasher.finalize().hex == digest
    }
}

/// Decompresses Zstandard data that comes in chunks of `chunkSize`.
func unzstd(
    _ compressed: [UInt8], chunkSize: Int = .max, bufferSize: Int = 10_000,
    by implementation: ZstdSource.Implementation = .fast
) throws -> [UInt8] {
    try readAll(ZstdSource(BytesInChunks(compressed, chunkSize: chunkSize), by: implementation), bufferSize: bufferSize)
}
