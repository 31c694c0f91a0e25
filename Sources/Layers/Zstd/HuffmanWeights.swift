/// The weights of the literals' Huffman code (RFC 8878, section 4.2.1): a symbol of weight w > 0 takes 2^(w-1) of the
/// places of a code whose longest codes take one.
struct HuffmanWeights {
    static let longestCode = 11

    /// Of the symbols from 0 on.
    private(set) var weights: [UInt8] = []
    /// The length of the longest codes.
    private(set) var codeBitCount = 0

    private static let code = FSETable.Code(
        .weights, largestAccuracyLog: 6, (0...longestCode).map { ($0, 0) },
        predefined: FSEDistribution(accuracyLog: 0, []))

    /// Reads a Huffman tree description: its first byte tells the length of a bit stream, or that so many weights of four
    /// bits follow. The last weight is not written; it fills what the others leave.
    init(from block: inout BlockReader) throws(ZstdError) {
        let start = block.byteOffset
        let header = try block.number(1, of: .weights)
        weights.reserveCapacity(256)
        if header < 128 {
            try readStream(block.take(header, of: .weights))
        } else {
            let count = header - 127
            let packed = try block.take((count + 1) / 2, of: .weights)
            for index in 0..<count {
                let byte = packed.bytes[packed.range.lowerBound + index / 2]
                weights.append(index % 2 == 0 ? byte >> 4 : byte & 0xF)
            }
        }
        guard try appendLast() else { throw .invalidWeights(atByte: start) }
    }

    /// Two states take turns (section 4.2.1.2), until one of them needs more bits than are left.
    private mutating func readStream(_ stream: consuming BlockReader) throws(ZstdError) {
        let start = stream.byteOffset
        let distribution = try FSEDistribution(from: &stream, of: Self.code, in: .weights)
        var table = FSETable()
        table.build(distribution, of: Self.code)
        var bits = try BackwardBitReader(stream, of: .weights)
        var state = bits.take(table.accuracyLog)
        var otherState = bits.take(table.accuracyLog)
        try bits.expectNoOverrun()
        while true {
            // Four less than there are symbols would do; a stream that goes on without end does not.
            guard weights.count < 255 else { throw .tooManySymbols(.literals, limit: 256, atByte: start) }
            let entry = table.entries[state]
            weights.append(UInt8(FSETable.value(entry)))
            guard FSETable.stateBits(entry) <= bits.bitCount else { break }
            state = FSETable.next(entry) + bits.take(FSETable.stateBits(entry))
            swap(&state, &otherState)
        }
        guard weights.count < 255 else { throw .tooManySymbols(.literals, limit: 256, atByte: start) }
        weights.append(UInt8(FSETable.value(table.entries[otherState])))
    }

    /// False if the weights leave no power of two, or make codes that are too long.
    private mutating func appendLast() throws(ZstdError) -> Bool {
        guard weights.allSatisfy({ $0 <= Self.longestCode }) else { return false }
        let taken = weights.reduce(0) { $0 + (1 << Int($1)) >> 1 }
        guard taken > 0 else { return false }
        codeBitCount = Int.bitWidth - taken.leadingZeroBitCount
        let left = 1 << codeBitCount - taken
        guard codeBitCount <= Self.longestCode, left & (left - 1) == 0 else { return false }
        weights.append(UInt8(left.trailingZeroBitCount + 1))
        return weights.contains(1)
    }
}
