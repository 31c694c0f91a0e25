/// What is wrong with DEFLATE data. `atByte` is a position in the compressed stream, headers of gzip included.
public enum InflateError: Error, Equatable {
    /// The input ends inside a block.
    case truncated(atByte: Int)
    /// Block type 3.
    case reservedBlockType(atByte: Int)
    /// A stored block's length and its complement do not agree.
    case storedLengthMismatch(length: Int, complement: Int, atByte: Int)
    /// More than 286 literal/length codes or 30 distance codes are announced.
    case tooManyCodes(literalLength: Int, distance: Int, atByte: Int)
    /// A set of code lengths needs more codes than there are, or leaves some without a symbol.
    case invalidCode(HuffmanCode, Completeness, atByte: Int)
    /// A repeat of the previous code length where none precedes.
    case repeatWithoutLength(atByte: Int)
    /// A repeat that runs past the announced number of code lengths.
    case repeatTooLong(count: Int, room: Int, atByte: Int)
    /// The block could never end: its end-of-block symbol has no code.
    case noEndOfBlock(atByte: Int)
    /// Bits that are no code, or a symbol that has no meaning.
    case invalidSymbol(HuffmanCode, atByte: Int)
    /// A distance that reaches before the first byte of output.
    case distanceTooFar(Int, available: Int, atByte: Int)

    /// The three codes of a dynamic block (RFC 1951, section 3.2.7).
    public enum HuffmanCode: String, Sendable {
        /// The code in which the lengths of the other two are written.
        case codeLength = "code length"
        /// Literals, lengths, end of block.
        case literalLength = "literal/length"
        /// Distances.
        case distance
    }

    /// How a set of code lengths fails to fill the code space.
    public enum Completeness: String, Sendable {
        /// More codes than there are.
        case overSubscribed = "over-subscribed"
        /// Codes without a symbol.
        case incomplete
    }
}

extension InflateError: CustomStringConvertible {
    /// One sentence that says what was found and where.
    public var description: String {
        switch self {
        case .truncated(let byte): "deflate data ends inside a block, at byte \(byte)"
        case .reservedBlockType(let byte): "deflate block type 3 at byte \(byte), expected 0, 1 or 2"
        case .storedLengthMismatch(let length, let complement, let byte):
            "stored deflate block of length \(length) at byte \(byte): complement \(complement), expected \(~length & 0xFFFF)"
        case .tooManyCodes(let literalLength, let distance, let byte):
            "deflate block with \(literalLength) literal/length and \(distance) distance codes at byte \(byte), "
                + "expected at most 286 and 30"
        case .invalidCode(let code, let completeness, let byte):
            "\(completeness.rawValue) \(code.rawValue) code in the deflate block at byte \(byte)"
        case .repeatWithoutLength(let byte): "repeat of a code length that does not exist at byte \(byte)"
        case .repeatTooLong(let count, let room, let byte):
            "code length repeated \(count) times at byte \(byte), expected at most \(room)"
        case .noEndOfBlock(let byte): "no end-of-block code in the deflate block at byte \(byte)"
        case .invalidSymbol(let code, let byte): "invalid \(code.rawValue) code at byte \(byte)"
        case .distanceTooFar(let distance, let available, let byte):
            "distance \(distance) at byte \(byte), expected at most \(available)"
        }
    }
}
