/// A layer is in a form that cannot be unpacked.
public enum LayerFormatError: Error, Equatable, CustomStringConvertible {
    /// The media type says that the layer is encrypted.
    case encrypted(String)
    /// The first bytes are those of another compressor.
    case unsupportedCompression(String)

    /// One sentence.
    public var description: String {
        switch self {
        case .encrypted(let type): "encrypted layers are not supported (media type '\(type.prefix(200))')"
        case .unsupportedCompression(let name): "compressed with \(name); expected gzip, zstd or a plain tar"
        }
    }
}
