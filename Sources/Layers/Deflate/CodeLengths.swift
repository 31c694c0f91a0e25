/// The lengths of the literal/length codes and of the distance codes of a block, from which its two Huffman codes
/// follow (RFC 1951, section 3.2.2).
struct CodeLengths {
    static let endOfBlock = 256

    let literalLength: [UInt8]
    let distance: [UInt8]

    /// Those of blocks of type 1 (section 3.2.6).
    static let fixed = CodeLengths(
        literalLength: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 },
        distance: [UInt8](repeating: 5, count: 32))

    private init(literalLength: [UInt8], distance: [UInt8]) {
        self.literalLength = literalLength
        self.distance = distance
    }

    /// The code length code has lengths of three bits.
    private static let longestCodeLength = 7

    /// The order in which the lengths of the code length code are written.
    private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

    /// Reads those of a block of type 2 (section 3.2.7). Accepts what zlib accepts: a single literal/length or distance
    /// code of one bit, and no distance code at all, though these leave codes without a symbol.
    init(dynamicFrom input: inout BitReader, blockAtByte start: Int) throws(InflateError) {
        let literalLengthCount = try input.take(5) + 257
        let distanceCount = try input.take(5) + 1
        let codeLengthCount = try input.take(4) + 4
        guard literalLengthCount <= 286, distanceCount <= 30 else {
            throw .tooManyCodes(literalLength: literalLengthCount, distance: distanceCount, atByte: start)
        }
        var codeLengths = [UInt8](repeating: 0, count: Self.order.count)
        for index in 0..<codeLengthCount { codeLengths[Self.order[index]] = UInt8(try input.take(3)) }
        try Self.check(codeLengths, of: .codeLength, atByte: start)

        let lengths = try Self.readLengths(
            count: literalLengthCount + distanceCount, codeLengths, from: &input)
        literalLength = Array(lengths[..<literalLengthCount])
        distance = Array(lengths[literalLengthCount...])
        guard literalLength[Self.endOfBlock] > 0 else { throw .noEndOfBlock(atByte: start) }
        try Self.check(literalLength, of: .literalLength, atByte: start)
        try Self.check(distance, of: .distance, atByte: start)
    }

    /// A repeat may run on from the literal/length codes to the distance codes.
    private static func readLengths(
        count: Int, _ codeLengths: [UInt8], from input: inout BitReader
    ) throws(InflateError) -> [UInt8] {
        var table = HuffmanTable(indexBitCount: longestCodeLength, entryCount: 1 << longestCodeLength)
        table.build(codeLengths, alphabet: .codeLength)
        var lengths: [UInt8] = []
        lengths.reserveCapacity(count)
        while lengths.count < count {
            let start = input.byteOffset
            let entry = table.entries[input.peek(longestCodeLength)]
            try input.drop(Int(entry & HuffmanTable.bits))
            let symbol = entry >> 8
            let length: UInt8
            let repeats: Int
            switch symbol {
            case 16:
                guard let previous = lengths.last else { throw .repeatWithoutLength(atByte: start) }
                length = previous
                repeats = try input.take(2) + 3
            case 17:
                length = 0
                repeats = try input.take(3) + 3
            case 18:
                length = 0
                repeats = try input.take(7) + 11
            default:
                length = UInt8(symbol)
                repeats = 1
            }
            guard repeats <= count - lengths.count else {
                throw .repeatTooLong(count: repeats, room: count - lengths.count, atByte: start)
            }
            for _ in 0..<repeats { lengths.append(length) }
        }
        return lengths
    }

    /// Each code of length n takes 2^(15-n) of the 2^15 places; all must be taken, and none twice.
    private static func check(
        _ lengths: [UInt8], of code: InflateError.HuffmanCode, atByte byte: Int
    ) throws(InflateError) {
        let used = lengths.lazy.filter { $0 > 0 }
        let taken = used.reduce(0) { $0 + 1 << (CanonicalCode.longestLength - Int($1)) }
        let whole = 1 << CanonicalCode.longestLength
        guard taken <= whole else { throw .invalidCode(code, .overSubscribed, atByte: byte) }
        let isSingleBit = taken == whole / 2 && used.allSatisfy { $0 == 1 }
        let isAllowedGap = isSingleBit && code != .codeLength || taken == 0 && code == .distance
        guard taken == whole || isAllowedGap else { throw .invalidCode(code, .incomplete, atByte: byte) }
    }
}
