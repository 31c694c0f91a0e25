/// The sequences of a compressed block (RFC 8878, section 3.1.1.3.2), each some literals and a match, and what the next
/// block may use again: the three tables and the last offsets.
struct SequencesSection {
    private(set) var literalsLengths = FSETable()
    private(set) var offsets = FSETable()
    private(set) var matchLengths = FSETable()
    private var hasTables = false
    private var repeatOffsets = RepeatOffsets()
    private let implementation: ZstdSource.Implementation

    init(_ implementation: ZstdSource.Implementation) {
        self.implementation = implementation
    }

    /// Begins a new frame.
    mutating func begin() {
        hasTables = false
        repeatOffsets = RepeatOffsets()
    }

    /// Reads the section, which is all that is left of `block`, and appends what its sequences make of the literals; the
    /// window has room for `limit` bytes.
    mutating func execute(
        _ block: consuming BlockReader, _ literals: LiteralsSection, into window: inout ZstdWindow, limit: Int
    ) throws(ZstdError) {
        let outputLimit = window.end + limit
        var used = 0
        let count = try Self.readCount(from: &block)
        if count > 0 {
            try readTables(from: &block)
            used = try run(count, block, literals, into: &window, outputLimit: outputLimit)
        } else if !block.range.isEmpty {
            throw .bytesAfterBlock(block.range.count, atByte: block.byteOffset)
        }
        guard literals.count - used <= outputLimit - window.end else {
            throw .blockTooLarge(
                limit - outputLimit + window.end + literals.count - used, limit: limit, atByte: block.byteOffset)
        }
        window.append(literals.bytes[used..<literals.count])
    }

    /// One to three bytes.
    private static func readCount(from block: inout BlockReader) throws(ZstdError) -> Int {
        let first = try block.number(1, of: .sequences)
        if first < 128 { return first }
        if first < 255 { return (first - 128) << 8 + (try block.number(1, of: .sequences)) }
        return try block.number(2, of: .sequences) + 0x7F00
    }

    /// A byte with three modes of two bits, and what the modes need of each code.
    private mutating func readTables(from block: inout BlockReader) throws(ZstdError) {
        let start = block.byteOffset
        let modes = try block.number(1, of: .sequences)
        guard modes & 0b11 == 0 else { throw .reservedModes(UInt8(modes), atByte: start) }
        try read(&literalsLengths, of: SequenceCodes.literalsLength, mode: modes >> 6, from: &block)
        try read(&offsets, of: SequenceCodes.offset, mode: modes >> 4 & 0b11, from: &block)
        try read(&matchLengths, of: SequenceCodes.matchLength, mode: modes >> 2 & 0b11, from: &block)
        hasTables = true
    }

    private func read(
        _ table: inout FSETable, of code: FSETable.Code, mode: Int, from block: inout BlockReader
    ) throws(ZstdError) {
        let start = block.byteOffset
        switch mode {
        case 0: table.build(code.predefined, of: code)
        case 1:
            let symbol = try block.number(1, of: .sequences)
            guard symbol < code.symbolCount else {
                throw .tooManySymbols(code.name, limit: code.symbolCount, atByte: start)
            }
            table.build(only: symbol, of: code)
        case 2: table.build(try FSEDistribution(from: &block, of: code, in: .sequences), of: code)
        default: guard hasTables else { throw .noPreviousTable(code.name, atByte: start) }
        }
    }

    /// Executes the sequences of the bit stream, and returns how many literals they took.
    private mutating func run(
        _ count: Int, _ block: BlockReader, _ literals: LiteralsSection, into window: inout ZstdWindow, outputLimit: Int
    ) throws(ZstdError) -> Int {
        var bits = try BackwardBitReader(block, of: .sequences)
        var progress = SequencesProgress(sequencesLeft: count, repeatOffsets: repeatOffsets)
        progress.literalsLengthState = bits.take(literalsLengths.accuracyLog)
        progress.offsetState = bits.take(offsets.accuracyLog)
        progress.matchLengthState = bits.take(matchLengths.accuracyLog)
        try bits.expectNoOverrun()
        if implementation == .fast {
            runFast(&progress, &bits, literals, into: &window, outputLimit: outputLimit)
        }
        while progress.sequencesLeft > 0 {
            try execute(&progress, &bits, literals, into: &window, outputLimit: outputLimit)
        }
        try bits.expectEnd()
        repeatOffsets = progress.repeatOffsets
        return progress.literalsUsed
    }

    /// Executes the next sequence, everything checked: the reference for `SequencesFastLoop`, and what executes the last
    /// sequences and names what is wrong.
    private func execute(
        _ progress: inout SequencesProgress, _ bits: inout BackwardBitReader, _ literals: LiteralsSection,
        into window: inout ZstdWindow, outputLimit: Int
    ) throws(ZstdError) {
        let start = bits.byteOffset
        let literalsLengthEntry = literalsLengths.entries[progress.literalsLengthState]
        let offsetEntry = offsets.entries[progress.offsetState]
        let matchLengthEntry = matchLengths.entries[progress.matchLengthState]
        func value(_ entry: UInt64) -> Int { FSETable.value(entry) + bits.take(FSETable.extraBits(entry)) }
        let offsetValue = value(offsetEntry)
        let matchLength = value(matchLengthEntry)
        let literalsLength = value(literalsLengthEntry)
        progress.sequencesLeft -= 1
        if progress.sequencesLeft > 0 {
            func next(_ entry: UInt64) -> Int { FSETable.next(entry) + bits.take(FSETable.stateBits(entry)) }
            progress.literalsLengthState = next(literalsLengthEntry)
            progress.matchLengthState = next(matchLengthEntry)
            progress.offsetState = next(offsetEntry)
        }
        try bits.expectNoOverrun()

        let available = literals.count - progress.literalsUsed
        guard literalsLength <= available else {
            throw .tooFewLiterals(literalsLength, available: available, atByte: start)
        }
        let room = outputLimit - window.end
        guard literalsLength + matchLength <= room else {
            throw .sequenceTooLong(literalsLength + matchLength, limit: room, atByte: start)
        }
        window.append(literals.bytes[progress.literalsUsed..<progress.literalsUsed + literalsLength])
        progress.literalsUsed += literalsLength
        let offset = progress.repeatOffsets.offset(value: offsetValue, literalsLength: literalsLength)
        guard offset > 0 else { throw .zeroOffset(atByte: start) }
        guard offset <= window.historyCount else {
            throw .offsetTooFar(offset, available: window.historyCount, atByte: start)
        }
        window.appendMatch(length: matchLength, offset: offset)
    }
}
