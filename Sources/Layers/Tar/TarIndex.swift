import Glibc

/// Where the files of a tar lie in it, so that they can be read in place and in any order, as an archive of an image
/// wants it.
public struct TarIndex {
    /// Each layer of an image comes with three entries at most.
    private static let memberLimit = 1 << 16
    /// Links in a row.
    private static let hopLimit = 8

    /// The places of the regular files by name, and of the links that lead to one.
    public let members: [String: Range<Int64>]

    /// Reads the headers of the plain tar in a file. Throws `TarError`, or `LayerFormatError` when it is cut off.
    public init(of file: CInt, path: String) throws {
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else { throw LayerError.system("stat", path, errno) }
        let copy = fcntl(file, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0, lseek(copy, 0, SEEK_SET) == 0 else { throw LayerError.system("seek", path, errno) }
        var reader = TarReader(FileSource(adopting: copy, path: path))
        var members: [String: Range<Int64>] = [:]
        var links: [String: String] = [:]
        while let entry = try reader.next() {
            guard members.count + links.count < Self.memberLimit else {
                throw LayerFormatError.tooManyMembers(Self.memberLimit)
            }
            let name = try EntryPath(name: entry.name)
            switch entry.kind {
            case .regular where entry.extents == nil:
                guard entry.size <= Int64(status.st_size) - reader.byteOffset else {
                    throw LayerFormatError.archiveCutOff("'\(name)'")
                }
                members[name.description] = reader.byteOffset..<reader.byteOffset + entry.size
            case .hardLink: links[name.description] = Self.resolve(entry.linkname, from: .root)
            case .symbolicLink: links[name.description] = Self.resolve(entry.linkname, from: name.parent)
            default: break
            }
        }
        guard reader.byteOffset <= Int64(status.st_size) else { throw LayerFormatError.archiveCutOff("its last entry") }
        for (name, target) in links {
            var target = target
            for _ in 1..<Self.hopLimit where members[target] == nil { target = links[target] ?? target }
            if let place = members[target] { members[name] = place }
        }
        self.members = members
    }

    /// Whether the file is a tar that needs no decompression.
    public static func isPlain(_ file: CInt) -> Bool {
        var magic = [UInt8](repeating: 0, count: Compression.magicLength)
        let count = unsafe pread(file, &magic, magic.count, 0)
        return count == magic.count && Compression(magic: magic) == .none
    }

    /// Writes what `source` holds, decompressed if it has to be, to the end of `file`. Throws what the decompressor
    /// throws, and when it is more than `sizeLimit` bytes.
    public static func decompress(_ source: any ByteSource, into file: CInt, sizeLimit: Int64) throws {
        var source = try Layer.decompressed(source)
        var chunk = [UInt8](repeating: 0, count: ChunkRing.chunkSize)
        var size: Int64 = 0
        while true {
            let count = try source.read(into: &chunk, chunk.indices)
            if count == 0 { return }
            size += Int64(count)
            guard size <= sizeLimit else { throw LayerFormatError.archiveTooLarge(sizeLimit) }
            var written = 0
            while written < count {
                let result = unsafe chunk.withUnsafeBytes { bytes in
                    unsafe write(file, bytes.baseAddress?.advanced(by: written), count - written)
                }
                if result < 0, errno == EINTR { continue }
                guard result > 0 else { throw LayerError.system("write", "a temporary file", errno) }
                written += result
            }
        }
    }

    /// The name that a link means; `..` above the root stays there.
    private static func resolve(_ target: [UInt8], from folder: EntryPath) -> String {
        var components = target.first == UInt8(ascii: "/") ? [] : folder.components
        for component in target.split(separator: UInt8(ascii: "/")) {
            switch Array(component) {
            case [UInt8(ascii: ".")]: break
            case [UInt8(ascii: "."), UInt8(ascii: ".")]: _ = components.popLast()
            default: components.append(component)
            }
        }
        return String(decoding: Array(components.joined(separator: [UInt8(ascii: "/")])), as: UTF8.self)
    }
}
