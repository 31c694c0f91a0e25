internal import Checksums

/// Decompresses Zstandard data (RFC 8878) while it is read.
///
/// Several frames in a row are one stream, and skippable frames are skipped. Frames with a dictionary or with a window of
/// more than 128 MiB are refused. A checksum is compared after the bytes it covers were handed on, so only a stream that
/// was read to its end is known to be whole. Holds about 420 KiB, and the window as far as it has been filled.
public final class ZstdSource: ByteSource {
    private var source: any ByteSource
    private var input = ZstdInput()
    private var window = ZstdWindow()
    private var literals: LiteralsSection
    private var sequences: SequencesSection
    private var stage = Stage.frame
    /// Of the content of this frame.
    private var checksum = XXH64()
    private var size: UInt64 = 0

    private enum Stage {
        case frame
        case skippable(remaining: Int)
        case block(ZstdFrameHeader)
        case frameEnd(ZstdFrameHeader)
        case betweenFrames
        case end
    }

    /// How literals and sequences are decoded; tests force the reference.
    enum Implementation { case fast, plain }

    /// Reads compressed data from `source`.
    public convenience init(_ source: any ByteSource) {
        self.init(source, by: .fast)
    }

    init(_ source: any ByteSource, by implementation: Implementation) {
        self.source = source
        literals = LiteralsSection(implementation)
        sequences = SequencesSection(implementation)
    }

    /// The next decompressed bytes. Throws `ZstdError`, and what the source below throws.
    public func read(into buffer: inout MutableRawSpan) throws -> Int {
        while window.pendingCount == 0 {
            switch stage {
            case .frame: try beginFrame()
            case .skippable(let remaining): try skip(remaining)
            case .block(let frame): try readBlock(of: frame)
            case .frameEnd(let frame): try end(frame)
            case .betweenFrames: stage = try input.isAtEnd(of: &source) ? .end : .frame
            case .end: return 0
            }
        }
        return window.take(into: &buffer)
    }

    private func number(_ count: Int) throws -> UInt64 { try input.take(count, from: &source).peek(count) }

    /// Reads a frame's header, or that of a skippable frame: its magic number and its size.
    private func beginFrame() throws {
        let start = input.byteOffset
        let magic = UInt32(try number(4))
        if magic & ~0xF == ZstdFrameHeader.skippableMagic {
            stage = .skippable(remaining: Int(try number(4)))
            return
        }
        guard magic == ZstdFrameHeader.magic else { throw ZstdError.notZstd(found: magic, atByte: start) }
        let frame = try ZstdFrameHeader(from: &input, &source)
        window.begin(size: frame.windowSize)
        literals.forgetTable()
        sequences.begin()
        (checksum, size) = (XXH64(), 0)
        stage = .block(frame)
    }

    private func skip(_ count: Int) throws {
        guard count > 0 else { return stage = .betweenFrames }
        stage = .skippable(remaining: count - (try input.skip(atMost: count, from: &source)))
    }

    /// Three bytes of header: whether the block is the last of its frame, its type (two bits) and its size.
    private func readBlock(of frame: ZstdFrameHeader) throws {
        let start = input.byteOffset
        let header = Int(try number(3))
        let blockSize = header >> 3
        guard blockSize <= frame.blockLimit else {
            throw ZstdError.blockTooLarge(blockSize, limit: frame.blockLimit, atByte: start)
        }
        window.makeRoom(for: frame.blockLimit)
        switch header >> 1 & 0b11 {
        case 0:
            let block = try input.take(blockSize, from: &source)
            window.append(block.bytes[block.range])
        case 1: window.append(UInt8(try number(1)), count: blockSize)
        case 2:
            var block = try input.take(blockSize, from: &source)
            try literals.read(from: &block, limit: frame.blockLimit)
            try sequences.execute(block, literals, into: &window, limit: frame.blockLimit)
        default: throw ZstdError.reservedBlockType(atByte: start)
        }
        size += UInt64(window.pendingCount)
        if let expected = frame.contentSize, size > expected {
            throw ZstdError.contentSizeMismatch(found: size, expected: expected, atByte: input.byteOffset)
        }
        if frame.hasChecksum { window.update(&checksum) }
        if header & 1 == 1 { stage = .frameEnd(frame) }
    }

    private func end(_ frame: ZstdFrameHeader) throws {
        if let expected = frame.contentSize, size != expected {
            throw ZstdError.contentSizeMismatch(found: size, expected: expected, atByte: input.byteOffset)
        }
        stage = .betweenFrames
        guard frame.hasChecksum else { return }
        let found = UInt32(truncatingIfNeeded: checksum.value)
        let expected = UInt32(try number(4))
        guard found == expected else {
            throw ZstdError.checksumMismatch(found: found, expected: expected, atByte: input.byteOffset - 4)
        }
    }
}
