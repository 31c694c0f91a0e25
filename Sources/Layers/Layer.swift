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

    /// The uncompressed tar; how it is compressed is told by the blob's first bytes. Throws what the blob's source throws,
    /// and `LayerFormatError` for what nobody here can read.
    public func decompressed() throws -> any ByteSource {
        guard !mediaType.contains("encrypted") else { throw LayerFormatError.encrypted(mediaType) }
        return try Self.decompressed(blob)
    }

    /// The content of `blob`, by its first bytes.
    static func decompressed(_ blob: any ByteSource) throws -> any ByteSource {
        let source = try PrefixedSource(blob, length: Compression.magicLength)
        switch Compression(magic: source.prefix) {
        case .none: return source
        case .gzip: return GunzipSource(source)
        case .zstd: return ZstdSource(source)
        case .unsupported(let name): throw LayerFormatError.unsupportedCompression(name)
        }
    }
}
