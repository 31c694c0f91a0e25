/// How a layer is compressed, told by its first bytes: declarations are often wrong, the bytes never are.
enum Compression: Equatable {
    case none, gzip, zstd
    /// A format that layers are not compressed with.
    case unsupported(String)

    /// How many bytes `init` wants to see.
    static let magicLength = 6

    /// Looks at the first bytes of a layer. Whatever is no known magic is taken for a tar, whose header is checked.
    init(magic: [UInt8]) {
        switch magic {
        case _ where magic.starts(with: [0x1F, 0x8B]): self = .gzip
        case _ where magic.starts(with: [0x28, 0xB5, 0x2F, 0xFD]): self = .zstd
        // A skippable frame of zstd, RFC 8878, section 3.1.2: 0x184D2A5?, little-endian.
        case _ where magic.count >= 4 && magic[0] & 0xF0 == 0x50 && magic[1...3] == [0x2A, 0x4D, 0x18]: self = .zstd
        case _ where magic.starts(with: Array("BZh".utf8)): self = .unsupported("bzip2")
        case _ where magic.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]): self = .unsupported("xz")
        default: self = .none
        }
    }
}
