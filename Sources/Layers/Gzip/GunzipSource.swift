internal import Checksums

/// Decompresses gzip data (RFC 1952) while it is read.
///
/// Several members in a row are one stream, and zeros after the last are accepted, as tape padding; nothing else is.
/// Names, comments and extra fields are skipped. A checksum is compared after the bytes it covers were handed on, so
/// only a stream that was read to its end is known to be whole. Holds about 240 KiB.
public struct GunzipSource: ByteSource {
    private var source: any ByteSource
    var input = BitReader()
    private var window = InflateWindow()
    private var inflate = Inflate()
    private var stage = Stage.memberHeader
    /// Of the output of this member.
    private var checksum = CRC32()
    private var size: UInt32 = 0

    private enum Stage { case memberHeader, deflate, trailer, afterMember, padding, end }

    /// Reads compressed data from `source`.
    public init(_ source: any ByteSource) {
        self.source = source
    }

    /// The next decompressed bytes. Throws `GzipError`, `InflateError`, and what the source below throws.
    public mutating func read(into buffer: inout MutableRawSpan) throws -> Int {
        while window.pendingCount == 0 {
            switch stage {
            case .memberHeader: try beginMember()
            case .deflate: try decode()
            case .trailer: try endMember()
            case .afterMember: try findNextMember()
            case .padding: try skipPadding()
            case .end: return 0
            }
        }
        return window.take(into: &buffer)
    }

    private mutating func beginMember() throws {
        try skipHeader()
        inflate = Inflate()
        window.forgetHistory()
        (checksum, size) = (CRC32(), 0)
        stage = .deflate
    }

    private mutating func decode() throws {
        if window.isFull { window.slide() }
        let start = window.end
        let progress = try inflate.decode(&input, into: &window)
        window.update(&checksum, from: start)
        size &+= UInt32(window.end - start)
        switch progress {
        case .needsInput: try input.fill(from: &source)
        case .windowFull: break
        case .endOfStream: stage = .trailer
        }
    }

    /// CRC32 and ISIZE (section 2.3.1).
    private mutating func endMember() throws {
        let expectedChecksum = try UInt32(littleEndianBytes(count: 4))
        guard checksum.value == expectedChecksum else {
            throw GzipError.checksumMismatch(
                found: checksum.value, expected: expectedChecksum, atByte: input.byteOffset - 4)
        }
        let expectedSize = try UInt32(littleEndianBytes(count: 4))
        guard size == expectedSize else {
            throw GzipError.sizeMismatch(found: size, expected: expectedSize, atByte: input.byteOffset - 4)
        }
        stage = .afterMember
    }

    private mutating func findNextMember() throws {
        switch try nextByte() {
        case nil: stage = .end
        case 0: stage = .padding
        case Self.magic.0:
            input.unread()
            stage = .memberHeader
        case .some(let byte): throw GzipError.trailingGarbage(byte, atByte: input.byteOffset - 1)
        }
    }

    private mutating func skipPadding() throws {
        while let byte = try nextByte() {
            guard byte == 0 else { throw GzipError.trailingGarbage(byte, atByte: input.byteOffset - 1) }
        }
        stage = .end
    }

    /// The next byte outside the DEFLATE data; nil at the end of the input.
    mutating func nextByte() throws -> UInt8? {
        while !input.holds(1) { try input.fill(from: &source) }
        return input.nextByte()
    }
}
