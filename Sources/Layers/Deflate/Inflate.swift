/// Decompresses DEFLATE data (RFC 1951).
///
/// A stream is a row of blocks, each stored, or coded with a fixed or its own pair of Huffman codes. The decoder stops
/// between symbols when the window is full or the input short, and is called again.
struct Inflate {
    enum Progress { case needsInput, windowFull, endOfStream }

    /// Three bits of header, 14 of counts, 19 x 3 of code lengths, 316 lengths of at most 7 + 7 bits: under 600 bytes.
    private static let largestHeader = 1024
    /// A symbol has at most 15 + 5 + 15 + 13 bits; the fast loop wants more.
    private static let largestSymbol = InflateFastLoop.inputMargin

    private enum State {
        case blockHeader
        case stored(remaining: Int)
        case symbols
        case end
    }

    private var state = State.blockHeader
    private var isLastBlock = false
    private var lengths = CodeLengths.fixed
    /// Made when it is needed, at the edges.
    private var plainLoop: InflatePlainLoop?
    var tables = Tables.fixed
    private let implementation: Implementation

    /// How symbols are decoded; tests force the reference.
    enum Implementation { case fast, plain }

    init(_ implementation: Implementation = .fast) {
        self.implementation = implementation
    }

    /// Decodes until the stream ends, the window is full, or `input` holds less than the next step may need.
    mutating func decode(
        _ input: inout BitReader, into window: inout InflateWindow
    ) throws(InflateError) -> Progress {
        while true {
            switch state {
            case .blockHeader:
                guard input.holds(Self.largestHeader) else { return .needsInput }
                try readBlockHeader(&input)
            case .stored(let remaining):
                if let progress = try copyStored(remaining, from: &input, into: &window) { return progress }
            case .symbols:
                if let progress = try decodeSymbols(&input, into: &window) { return progress }
            case .end:
                input.alignToByte()
                return .endOfStream
            }
        }
    }

    private mutating func endBlock() {
        state = isLastBlock ? .end : .blockHeader
    }

    private mutating func readBlockHeader(_ input: inout BitReader) throws(InflateError) {
        let start = input.byteOffset
        isLastBlock = try input.take(1) == 1
        switch try input.take(2) {
        case 0: state = .stored(remaining: try Self.readStoredLength(&input))
        case 1:
            begin(.fixed)
            tables = .fixed
        case 2:
            begin(try CodeLengths(dynamicFrom: &input, blockAtByte: start))
            if implementation == .fast { tables.build(lengths) }
        default: throw .reservedBlockType(atByte: start)
        }
    }

    private mutating func begin(_ lengths: CodeLengths) {
        self.lengths = lengths
        plainLoop = nil
        state = .symbols
    }

    private static func readStoredLength(_ input: inout BitReader) throws(InflateError) -> Int {
        input.alignToByte()
        let length = try input.take(16)
        let complement = try input.take(16)
        input.alignToByte()
        guard length == ~complement & 0xFFFF else {
            throw .storedLengthMismatch(length: length, complement: complement, atByte: input.byteOffset - 4)
        }
        return length
    }

    private mutating func copyStored(
        _ length: Int, from input: inout BitReader, into window: inout InflateWindow
    ) throws(InflateError) -> Progress? {
        var remaining = length
        while remaining > 0 {
            state = .stored(remaining: remaining)
            guard !window.isFull else { return .windowFull }
            guard input.holds(1) else { return .needsInput }
            let bytes = try input.takeBytes(atMost: min(remaining, InflateWindow.capacity - window.end))
            window.append(bytes)
            remaining -= bytes.count
        }
        endBlock()
        return nil
    }

    private mutating func decodeSymbols(
        _ input: inout BitReader, into window: inout InflateWindow
    ) throws(InflateError) -> Progress? {
        while true {
            if implementation == .fast, decodeFast(&input, into: &window) { break }
            guard !window.isFull else { return .windowFull }
            guard input.holds(Self.largestSymbol) else { return .needsInput }
            let plainLoop = self.plainLoop ?? InflatePlainLoop(lengths)
            self.plainLoop = plainLoop
            if try plainLoop.decodeSymbol(from: &input, into: &window) { break }
        }
        endBlock()
        return nil
    }
}
