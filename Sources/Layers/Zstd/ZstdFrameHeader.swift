/// The header of a frame (RFC 8878, section 3.1.1.1), after its magic number:
///
///     descriptor | window descriptor (0-1) | dictionary ID (0, 1, 2, 4) | frame content size (0, 1, 2, 4, 8)
///
/// of which the descriptor tells what is there:
///
///     content size:2  single segment:1  unused:1  reserved:1  checksum:1  dictionary ID:2
struct ZstdFrameHeader {
    static let magic: UInt32 = 0xFD2F_B528
    /// The magic numbers of skippable frames have any four lowest bits.
    static let skippableMagic: UInt32 = 0x184D_2A50
    static let largestBlock = 128 * 1024
    /// What `zstd` takes without being told to.
    static let largestWindow: UInt64 = 128 << 20

    let windowSize: Int
    let contentSize: UInt64?
    let hasChecksum: Bool

    var blockLimit: Int { min(windowSize, Self.largestBlock) }

    init(from input: inout ZstdInput, _ source: inout any ByteSource) throws {
        func number(_ count: Int) throws -> UInt64 { try input.take(count, from: &source).peek(count) }
        let start = input.byteOffset
        let descriptor = Int(try number(1))
        guard descriptor & 0b1000 == 0 else { throw ZstdError.reservedFrameBit(atByte: start) }
        hasChecksum = descriptor & 0b100 != 0
        let isSingleSegment = descriptor & 0b10_0000 != 0
        let window = isSingleSegment ? nil : Self.windowSize(UInt8(try number(1)))

        let dictionaryStart = input.byteOffset
        let dictionary = UInt32(try number([0, 1, 2, 4][descriptor & 0b11]))
        guard dictionary == 0 else { throw ZstdError.dictionaryNeeded(dictionary, atByte: dictionaryStart) }

        switch descriptor >> 6 {
        case 0: contentSize = isSingleSegment ? try number(1) : nil
        case 1: contentSize = try number(2) + 256
        case 2: contentSize = try number(4)
        default: contentSize = try number(8)
        }
        let size = window ?? contentSize ?? 0
        guard size <= Self.largestWindow else {
            throw ZstdError.windowTooLarge(size, limit: Self.largestWindow, atByte: start)
        }
        windowSize = Int(size)
    }

    /// A power of two from 1 KiB on, and eighths of it.
    private static func windowSize(_ descriptor: UInt8) -> UInt64 {
        let power: UInt64 = 1 << (10 + UInt64(descriptor >> 3))
        return power + power / 8 * UInt64(descriptor & 0b111)
    }
}
