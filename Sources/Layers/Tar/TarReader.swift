/// Reads a tar archive entry by entry from a stream: v7, ustar, GNU and pax, as GNU tar, bsdtar, star and Go write them.
///
/// An archive is a row of 512-byte blocks: a header, the content padded to whole blocks, the next header. Extension
/// headers (pax `x` and `g`, GNU `L` and `K`) stand before the entry they describe. A block of zeros ends it; an archive
/// that just stops between entries is taken too.
struct TarReader {
    /// The longest name that GNU's `L` and `K` may bring, with its NUL.
    static let nameLimit: Int64 = 4096 + 1
    /// What is read at a time: many headers and small files, and not more than stays in the processor's second cache.
    private static let bufferSize = 128 << 10

    private var source: any ByteSource
    private var buffer = [UInt8](repeating: 0, count: bufferSize)
    /// The part of `buffer` that has been read from `source` and not been used.
    private var held = 0..<0
    /// How much of the stream has been used.
    private(set) var byteOffset: Int64 = 0
    /// What is left of the current entry's content, and of its padding.
    private var contentLeft: Int64 = 0
    private var paddingLeft: Int64 = 0
    private var global = PAXRecords()
    private var isAtEnd = false
    /// How many bytes were read from this stream and those before it, and how many may be.
    private(set) var bytesRead: Int64
    private let limit: Int64

    /// Reads an archive. All of the stream counts against `limit`, bytes after the archive too, and so do those of
    /// other streams that were read `before`.
    init(_ source: any ByteSource, before bytesRead: Int64 = 0, limit: Int64 = .max) {
        self.source = source
        self.bytesRead = bytesRead
        self.limit = limit
    }

    /// The next entry; what was not read of the last one is skipped. Nil at the end, after which the rest of the
    /// stream has been read: bytes after the archive count for the layer's digest too.
    mutating func next() throws -> TarEntry? {
        try skipContent()
        var records = global
        var longName: [UInt8]?
        var longLinkname: [UInt8]?
        var isExtended = false
        while !isAtEnd {
            guard let header = try nextHeader(mayEnd: !isExtended) else { break }
            isExtended = true
            switch header.typeflag {
            case UInt8(ascii: "x"), UInt8(ascii: "X"):
                try records.merge(try extensionText(header, limit: PAXRecords.sizeLimit), atByte: byteOffset)
            case UInt8(ascii: "g"):
                let text = try extensionText(header, limit: PAXRecords.sizeLimit)
                try global.merge(text, atByte: byteOffset)
                try records.merge(text, atByte: byteOffset)
                isExtended = false
            case UInt8(ascii: "L"): longName = try longText(header)
            case UInt8(ascii: "K"): longLinkname = try longText(header)
            case UInt8(ascii: "V"): try skip(header)
            default: return try entry(header, records, longName: longName, longLinkname: longLinkname)
            }
        }
        try drain()
        return nil
    }

    /// Shows `body` the next bytes of the current entry's content, at least one and at most `limit`, and returns how
    /// many; 0 at its end. Holes of sparse files are not in it.
    mutating func readContent(limit: Int64 = .max, _ body: (RawSpan) throws -> Void) throws -> Int {
        guard contentLeft > 0 else { return 0 }
        try fill()
        let part = held.prefix(Int(min(contentLeft, limit, Int64(held.count))))
        guard !part.isEmpty else { throw TarError.truncated(atByte: byteOffset) }
        // SAFETY: bytes have no padding.
        try body(unsafe buffer.span.bytes.extracting(part))
        use(part)
        contentLeft -= Int64(part.count)
        return part.count
    }

    /// Reads on when nothing is held; at the end of the stream that remains so.
    private mutating func fill() throws {
        guard held.isEmpty else { return }
        held = 0..<(try source.read(into: &buffer, buffer.indices))
        bytesRead += Int64(held.count)
        guard bytesRead <= limit else { throw LayerError.streamLimitExceeded(limit) }
    }

    private mutating func use(_ part: Range<Int>) {
        held = part.upperBound..<held.upperBound
        byteOffset += Int64(part.count)
    }

    // MARK: Blocks

    /// The next header; nil when the archive ends here, by a block of zeros or the end of the stream.
    private mutating func nextHeader(mayEnd: Bool) throws -> TarHeader? {
        let start = byteOffset
        guard let block = try readBlock(mayEnd: mayEnd), block.contains(where: { $0 != 0 }) else {
            guard mayEnd else { throw TarError.truncated(atByte: start) }
            isAtEnd = true
            return nil
        }
        return try TarHeader(block, atByte: start)
    }

    /// A whole block; nil if the stream ends right here.
    private mutating func readBlock(mayEnd: Bool) throws -> [UInt8]? {
        let block = try readBytes(TarHeader.size, mayEnd: mayEnd)
        return block.isEmpty ? nil : block
    }

    /// So many bytes, or none at the end of the stream if that is allowed here.
    private mutating func readBytes(_ count: Int, mayEnd: Bool = false) throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            try fill()
            let part = held.prefix(count - bytes.count)
            guard !part.isEmpty else {
                guard mayEnd, bytes.isEmpty else { throw TarError.truncated(atByte: byteOffset) }
                return []
            }
            bytes += buffer[part]
            use(part)
        }
        return bytes
    }

    private mutating func begin(_ size: Int64, of header: TarHeader) throws(TarError) {
        guard size <= Int64.max - 1024 - byteOffset else { throw .invalidSize(size, atByte: byteOffset) }
        contentLeft = size
        paddingLeft = (512 - size % 512) % 512
    }

    private mutating func skip(_ header: TarHeader) throws {
        try begin(header.size, of: header)
        try skipContent()
    }

    private mutating func skipContent() throws {
        guard contentLeft + paddingLeft > 0 else { return }
        contentLeft += paddingLeft
        paddingLeft = 0
        while contentLeft > 0 {
            let skipped = held.isEmpty ? try source.skip(contentLeft) : 0
            contentLeft -= skipped
            byteOffset += skipped
            if skipped == 0 { _ = try readContent { _ in } }
        }
    }

    private mutating func drain() throws {
        repeat {
            held = 0..<0
            try fill()
        } while !held.isEmpty
    }

    // MARK: Extension headers

    /// The content of an extension header. Its size is the header's own, never one that a pax record gives to the file
    /// (CVE-2025-62518).
    private mutating func extensionText(_ header: TarHeader, limit: Int64) throws -> [UInt8] {
        guard header.size <= limit else {
            throw TarError.extensionTooLarge(size: header.size, limit: limit, atByte: byteOffset)
        }
        let text = try readBytes(Int(header.size))
        paddingLeft = (512 - header.size % 512) % 512
        try skipContent()
        return text
    }

    private mutating func longText(_ header: TarHeader) throws -> [UInt8] {
        try extensionText(header, limit: Self.nameLimit).prefix { $0 != 0 }.map { $0 }
    }

    // MARK: Entries

    private mutating func entry(
        _ header: TarHeader, _ records: PAXRecords, longName: [UInt8]?, longLinkname: [UInt8]?
    ) throws -> TarEntry {
        let name = records.sparseName ?? records.path ?? longName ?? header.name
        let kind = try Self.kind(of: header, named: name, atByte: byteOffset - Int64(TarHeader.size))
        let hasContent = kind == .regular || header.typeflag == UInt8(ascii: "D")
        let size = hasContent ? records.size ?? header.size : 0
        var entry = TarEntry(
            kind: kind, name: name, linkname: records.linkpath ?? longLinkname ?? header.linkname, mode: header.mode,
            size: kind == .regular ? size : 0, mtime: records.mtime ?? .init(seconds: header.mtime),
            attributes: records.attributes, byteOffset: byteOffset - Int64(TarHeader.size))
        try begin(size, of: header)
        if kind == .regular { try readSparseMap(of: &entry, header, records) }
        return entry
    }

    private static func kind(of header: TarHeader, named name: [UInt8], atByte offset: Int64) throws(TarError)
        -> TarEntry.Kind
    {
        switch header.typeflag {
        // A trailing slash made a directory before there was a type for it.
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"): name.last == UInt8(ascii: "/") ? .directory : .regular
        case UInt8(ascii: "S"): .regular
        case UInt8(ascii: "1"): .hardLink
        case UInt8(ascii: "2"): .symbolicLink
        case UInt8(ascii: "3"): .characterDevice
        case UInt8(ascii: "4"): .blockDevice
        case UInt8(ascii: "5"), UInt8(ascii: "D"): .directory
        case UInt8(ascii: "6"): .fifo
        default: throw .unsupportedType(header.typeflag, atByte: offset)
        }
    }

    /// Finds the sparse map, if the file has one, in one of the five places where GNU tar has put it.
    private mutating func readSparseMap(
        of entry: inout TarEntry, _ header: TarHeader, _ records: PAXRecords
    ) throws {
        var map: SparseMap
        if header.typeflag == UInt8(ascii: "S") {
            map = try SparseMap(oldGNU: header.block, atByte: entry.byteOffset)
            while map.isExtended {
                guard map.numbers.count <= SparseMap.numberLimit else { throw map.tooLarge(atByte: byteOffset) }
                try map.appendOldGNU(extensionBlock: try readBytes(TarHeader.size), atByte: byteOffset)
            }
        } else if records.sparseMajor == 1 {
            map = SparseMap(size: records.sparseSize)
            try readSparseMapInContent(&map)
        } else if let numbers = records.sparseNumbers {
            map = SparseMap(size: records.sparseSize, numbers: numbers)
        } else {
            return
        }
        entry.extents = try map.extents(dataSize: contentLeft, atByte: entry.byteOffset)
        entry.size = map.size ?? 0
    }

    /// Format 1.0: the content begins with lines of decimal numbers, the count of pieces first, padded to whole blocks.
    private mutating func readSparseMapInContent(_ map: inout SparseMap) throws {
        var parser = SparseMap.LineParser()
        while !parser.isComplete {
            guard contentLeft >= 512 else { throw TarError.invalidSparseMap("it does not end", atByte: byteOffset) }
            contentLeft -= 512
            try parser.feed(try readBytes(512), atByte: byteOffset)
        }
        map.numbers = parser.pairs
    }
}
