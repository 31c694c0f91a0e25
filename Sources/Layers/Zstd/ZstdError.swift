/// What is wrong with Zstandard data. `atByte` is a position in the compressed stream.
public enum ZstdError: Error, Equatable {
    /// The input ends inside a frame.
    case truncated(atByte: Int)
    /// Neither a frame nor a skippable frame begins here.
    case notZstd(found: UInt32, atByte: Int)
    /// The bit of a frame header that is reserved for future features.
    case reservedFrameBit(atByte: Int)
    /// The frame cannot be read without a dictionary.
    case dictionaryNeeded(UInt32, atByte: Int)
    /// The frame needs more memory than is allowed.
    case windowTooLarge(UInt64, limit: UInt64, atByte: Int)
    /// A frame's content is longer or shorter than its header says.
    case contentSizeMismatch(found: UInt64, expected: UInt64, atByte: Int)
    /// The content does not have the XXH64, low 32 bits, that follows the frame.
    case checksumMismatch(found: UInt32, expected: UInt32, atByte: Int)
    /// Block type 3.
    case reservedBlockType(atByte: Int)
    /// A block that is, or becomes, longer than blocks of this frame may be.
    case blockTooLarge(Int, limit: Int, atByte: Int)
    /// A block ends inside one of its sections.
    case blockEndsEarly(Section, atByte: Int)
    /// Bytes after a block's last section.
    case bytesAfterBlock(Int, atByte: Int)
    /// More literals are announced than the block may become.
    case literalsTooLong(Int, limit: Int, atByte: Int)
    /// Too few literals for four streams.
    case literalsTooShort(Int, atByte: Int)
    /// Weights of Huffman codes that are too long, or do not leave room for exactly one more.
    case invalidWeights(atByte: Int)
    /// Bits of the compression modes that are reserved.
    case reservedModes(UInt8, atByte: Int)
    /// The table of a block before is to be used again, but there is none.
    case noPreviousTable(Table, atByte: Int)
    /// A distribution of probabilities is too fine.
    case accuracyTooHigh(Table, Int, limit: Int, atByte: Int)
    /// A distribution of probabilities, or an only symbol, is beyond the symbols that exist.
    case tooManySymbols(Table, limit: Int, atByte: Int)
    /// A bit stream does not end with a byte that has its final bit.
    case noFinalBit(Section, atByte: Int)
    /// A bit stream ends before or after (then `bitsLeft` is negative) what it encodes.
    case bitStreamMismatch(Section, bitsLeft: Int, atByte: Int)
    /// A sequence makes more bytes than the block may still become.
    case sequenceTooLong(Int, limit: Int, atByte: Int)
    /// A sequence copies more literals than are left.
    case tooFewLiterals(Int, available: Int, atByte: Int)
    /// A match reaches before the frame's first byte, or further than its window.
    case offsetTooFar(Int, available: Int, atByte: Int)
    /// A repeat offset that has become zero.
    case zeroOffset(atByte: Int)

    /// Parts of a compressed block (RFC 8878, section 3.1.1.3).
    public enum Section: String, Sendable {
        /// The literals section's header and content.
        case literals
        /// The Huffman tree description.
        case weights = "Huffman weights"
        /// The sequences section.
        case sequences
    }

    /// The codes of a compressed block.
    public enum Table: String, Sendable {
        /// The Huffman code of literals.
        case literals = "Huffman"
        /// The FSE code of the Huffman code's weights.
        case weights = "Huffman weights"
        /// The FSE code of literals lengths.
        case literalsLength = "literals length"
        /// The FSE code of offsets.
        case offset
        /// The FSE code of match lengths.
        case matchLength = "match length"
    }
}

extension ZstdError: CustomStringConvertible {
    /// One sentence that says what was found and where.
    public var description: String {
        switch self {
        case .truncated(let byte): "zstd data ends early, at byte \(byte)"
        case .notZstd(let found, let byte): "not a zstd frame: \(Self.hex(found)) at byte \(byte), expected fd2fb528"
        case .reservedFrameBit(let byte): "reserved bit set in the zstd frame header at byte \(byte)"
        case .dictionaryNeeded(let id, let byte):
            "zstd frame needs the dictionary \(id) at byte \(byte); dictionaries are not supported"
        case .windowTooLarge(let size, let limit, let byte):
            "zstd frame with a window of \(size) bytes at byte \(byte), expected at most \(limit)"
        case .contentSizeMismatch(let found, let expected, let byte):
            "zstd frame before byte \(byte) has \(found > expected ? "at least " : "")\(found) bytes of content, "
                + "expected \(expected)"
        case .checksumMismatch(let found, let expected, let byte):
            "zstd frame before byte \(byte) has checksum \(Self.hex(found)), expected \(Self.hex(expected))"
        case .reservedBlockType(let byte): "zstd block type 3 at byte \(byte), expected 0, 1 or 2"
        case .blockTooLarge(let size, let limit, let byte):
            "zstd block of \(size) bytes at byte \(byte), expected at most \(limit)"
        case .blockEndsEarly(let section, let byte): "zstd block ends inside its \(section.rawValue), at byte \(byte)"
        case .bytesAfterBlock(let count, let byte): "\(count) bytes after the sections of a zstd block, at byte \(byte)"
        case .literalsTooLong(let count, let limit, let byte):
            "zstd block with \(count) literals at byte \(byte), expected at most \(limit)"
        case .literalsTooShort(let count, let byte): "\(count) zstd literals in four streams at byte \(byte)"
        case .invalidWeights(let byte): "invalid weights of a Huffman code at byte \(byte)"
        case .reservedModes(let modes, let byte):
            "reserved bits set in the zstd compression modes \(modes) at byte \(byte)"
        case .noPreviousTable(let table, let byte): "no previous \(table.rawValue) code to repeat at byte \(byte)"
        case .accuracyTooHigh(let table, let accuracyLog, let limit, let byte):
            "\(table.rawValue) code of accuracy \(accuracyLog) at byte \(byte), expected at most \(limit)"
        case .tooManySymbols(let table, let limit, let byte):
            "\(table.rawValue) code with more than \(limit) symbols at byte \(byte)"
        case .noFinalBit(let section, let byte): "no final bit in the stream of \(section.rawValue) before byte \(byte)"
        case .bitStreamMismatch(let section, let bitsLeft, let byte):
            "stream of \(section.rawValue) at byte \(byte) is \(abs(bitsLeft)) bits too \(bitsLeft < 0 ? "short" : "long")"
        case .sequenceTooLong(let length, let limit, let byte):
            "sequence of \(length) bytes at byte \(byte), expected at most \(limit)"
        case .tooFewLiterals(let count, let available, let byte):
            "sequence with \(count) literals at byte \(byte), expected at most \(available)"
        case .offsetTooFar(let offset, let available, let byte):
            "offset \(offset) at byte \(byte), expected at most \(available)"
        case .zeroOffset(let byte): "offset 0 at byte \(byte)"
        }
    }

    private static func hex(_ value: UInt32) -> String {
        let hex = String(value, radix: 16)
        return String(repeating: "0", count: 8 - hex.count) + hex
    }
}
