import ContainerImage
import Foundation
import TestSupport
import Testing

@testable import Layers

/// A real Debian, unpacked here and by umoci, compared path by path.
@Suite(
    .enabled(if: DebianImage.isAvailable && Program.exists("umoci"), "needs umoci, and mmdebstrap or the image it made")
)
struct RealImageTests {
    @Test func equalsWhatUmociUnpacks() throws {
        let folder = try TemporaryFolder()
        let layout = try DebianImage.layout()
        let judge = try Program("umoci", "unpack", "--rootless", "--image", "\(layout):12", folder("umoci")).run()
        try #require(judge.status == 0, "\(judge)")
        mkdir(folder("rootfs"), 0o755)
        var unpacker = try Unpacker(into: folder("rootfs"), sizeLimit: .max)
        _ = try unpacker.unpack(Self.layers(of: layout))
        let difference = try TreeListing.difference(folder("umoci/rootfs"), folder("rootfs"))
        #expect(difference.isEmpty, "\(difference.joined(separator: "\n"))")
        #expect(try TreeListing.lines(of: folder("rootfs")).count > 3000)
    }

    private static func layers(of layout: String) throws -> [Layer] {
        func blob(_ digest: Digest) -> String { "\(layout)/blobs/\(digest.algorithm)/\(digest.hex)" }
        func document(_ digest: Digest) throws -> [UInt8] { try [UInt8](Data(contentsOf: URL(filePath: blob(digest)))) }
        let index = try [UInt8](Data(contentsOf: URL(filePath: "\(layout)/index.json")))
        guard case .index(let index) = try ManifestDocument(parsing: index, mediaType: nil),
            case .manifest(let manifest) = try ManifestDocument(
                parsing: document(index.manifests[0].digest), mediaType: nil)
        else { throw Program.Failure(description: "the layout has no manifest") }
        let config = try ImageConfig(parsing: document(manifest.config.digest))
        return try zip(manifest.layers, config.diffIDs).map { descriptor, diffID in
            Layer(diffID: diffID, mediaType: descriptor.mediaType, blob: try FileSource(blob(descriptor.digest)))
        }
    }
}
