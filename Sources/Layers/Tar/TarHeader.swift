/// One 512-byte header block of a tar archive.
///
/// POSIX.1-2017, pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format". The fields:
///
///     0 name 100 | 100 mode 8 | 108 uid 8 | 116 gid 8 | 124 size 12 | 136 mtime 12 | 148 chksum 8
///     156 typeflag 1 | 157 linkname 100 | 257 magic 6, version 2 | 265 uname 32 | 297 gname 32
///     329 devmajor 8 | 337 devminor 8 | 345 prefix 155
///
/// `ustar\0` announces the prefix; GNU's `ustar  \0` has sparse maps in its place; v7 has no magic, and nothing after
/// linkname counts.
struct TarHeader {
    static let size = 512

    /// How a header's last fields are laid out.
    enum Format { case v7, ustar, star, gnu }

    let format: Format
    let name: [UInt8]
    let mode: UInt32
    let size: Int64
    let mtime: Int64
    let typeflag: UInt8
    let linkname: [UInt8]
    /// The whole block, for GNU's sparse fields.
    let block: [UInt8]

    /// Parses a block. Throws `TarError` when the checksum or a number is wrong; `byteOffset` is the block's place.
    init(_ block: [UInt8], atByte byteOffset: Int64) throws(TarError) {
        try Self.verifyChecksum(of: block, atByte: byteOffset)
        func number(_ field: String, _ start: Int, _ length: Int) throws(TarError) -> Int64 {
            guard let value = TarNumber.parse(block[start..<start + length]) else {
                throw .invalidNumber(field: field, Array(block[start..<start + length]), atByte: byteOffset)
            }
            return value
        }
        format = Self.format(of: block)
        mode = UInt32(truncatingIfNeeded: try number("mode", 100, 8)) & 0o7777
        size = try number("size", 124, 12)
        guard size >= 0 else { throw .invalidSize(size, atByte: byteOffset) }
        mtime = try number("mtime", 136, 12)
        typeflag = block[156]
        linkname = Self.text(block[157..<257])
        let prefixLength =
            switch format {
            case .ustar: 155
            case .star: 131
            case .v7, .gnu: 0
            }
        let prefix = Self.text(block[345..<345 + prefixLength])
        let name = Self.text(block[0..<100])
        self.name = prefix.isEmpty ? name : prefix + [UInt8(ascii: "/")] + name
        self.block = block
    }

    private static func format(of block: [UInt8]) -> Format {
        if block[257..<263].elementsEqual("ustar\0".utf8) {
            return block[508..<512].elementsEqual("tar\0".utf8) ? .star : .ustar
        }
        return block[257..<265].elementsEqual("ustar  \0".utf8) ? .gnu : .v7
    }

    /// A field of text ends at its first NUL, or fills the field.
    private static func text(_ field: ArraySlice<UInt8>) -> [UInt8] { Array(field.prefix { $0 != 0 }) }

    /// The sum of all bytes, those of the field itself taken as spaces. Some old programs summed signed bytes.
    private static func verifyChecksum(of block: [UInt8], atByte byteOffset: Int64) throws(TarError) {
        func sum(_ bytes: ArraySlice<UInt8>) -> Int64 { Int64(bytes.reduce(0) { $0 &+ Int($1) }) }
        func signedSum(_ bytes: ArraySlice<UInt8>) -> Int64 { sum(bytes) - 256 * Int64(bytes.count { $0 >= 0x80 }) }
        let field = 148..<156
        let spaces = Int64(8 * 0x20)
        let found = TarNumber.parse(block[field])
        let expected = sum(block[...]) - sum(block[field]) + spaces
        guard found == expected || found == signedSum(block[...]) - signedSum(block[field]) + spaces else {
            throw .checksumMismatch(found: found ?? -1, expected: expected, atByte: byteOffset)
        }
    }
}
