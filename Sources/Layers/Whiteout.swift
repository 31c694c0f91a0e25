/// A marker in a layer that removes something of the layers below.
///
/// https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts
enum Whiteout: Equatable {
    /// `.wh..wh..opq`: hides all that the lower layers have in this directory.
    case opaque(EntryPath)
    /// `.wh.NAME`: hides NAME of the lower layers.
    case file(EntryPath)
    /// Another `.wh..wh.` name: bookkeeping of aufs, of no meaning in an image.
    case ignored

    /// Classifies an entry's path; nil for an ordinary one. Throws `LayerError.invalidWhiteout` for a marker that would
    /// name the directory itself or its parent.
    init?(_ path: EntryPath) throws(LayerError) {
        let prefix = Array(".wh.".utf8)
        guard path.name.starts(with: prefix) else { return nil }
        let target = path.name.dropFirst(prefix.count)
        switch target {
        case _ where target.elementsEqual(".wh..opq".utf8): self = .opaque(path.parent)
        case _ where target.starts(with: prefix): self = .ignored
        case [], [UInt8(ascii: ".")], [UInt8(ascii: "."), UInt8(ascii: ".")]: throw .invalidWhiteout(path.bytes)
        default: self = .file(path.parent.appending(target))
        }
    }
}
