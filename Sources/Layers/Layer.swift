public import ContainerImage

/// A layer to be unpacked.
public struct Layer: Sendable {
    /// The digest of the uncompressed tar.
    public let diffID: Digest
    /// What the manifest says the blob is.
    public let mediaType: String
    /// The blob's bytes, already checked against its descriptor as they pass.
    public let blob: any ByteSource & Sendable

    /// A layer of an image.
    public init(diffID: Digest, mediaType: String, blob: any ByteSource & Sendable) {
        self.diffID = diffID
        self.mediaType = mediaType
        self.blob = blob
    }

    /// The uncompressed tar, by the blob's first bytes.
    func decompressed() throws -> any ByteSource {
        guard !mediaType.contains("encrypted") else { throw LayerFormatError.encrypted(mediaType) }
        let source = try PrefixedSource(blob, length: Compression.magicLength)
        switch Compression(magic: source.prefix) {
        case .none: return source
        case .gzip: return GunzipSource(source)
        case .zstd: return ZstdSource(source)
        case .unsupported(let name): throw LayerFormatError.unsupportedCompression(name)
        }
    }
}
