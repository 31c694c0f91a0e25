/// A layer is in a form that cannot be unpacked.
public enum LayerFormatError: Error, Equatable, CustomStringConvertible {
    /// The media type says that the layer is encrypted.
    case encrypted(String)
    /// The first bytes are those of another compressor.
    case unsupportedCompression(String)
    /// An archive of an image is cut off: what goes beyond its end.
    case archiveCutOff(String)
    /// An archive of an image holds more entries than this.
    case tooManyMembers(Int)
    /// An archive of an image unpacks to more bytes than there is room for.
    case archiveTooLarge(Int64)

    /// One sentence.
    public var description: String {
        switch self {
        case .encrypted(let type): "encrypted layers are not supported (media type '\(type.prefix(200))')"
        case .unsupportedCompression(let name): "compressed with \(name); expected gzip, zstd or a plain tar"
        case .archiveCutOff(let name): "the archive ends inside of \(name)"
        case .tooManyMembers(let limit): "the archive has more than \(limit) entries"
        case .archiveTooLarge(let limit):
            "the archive unpacks to more than the \(limit) bytes that are free; set TMPDIR to a folder with more room"
        }
    }
}
