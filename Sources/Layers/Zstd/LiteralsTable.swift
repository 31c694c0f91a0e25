/// The Huffman code of literals (RFC 8878, section 4.2) as a table that the next eleven bits index, whatever the length
/// of the longest code:
///
///     literal:8  bits:8
///
/// from the highest bit down. `bits` is what the code consumes.
struct LiteralsTable {
    static let indexBitCount = HuffmanWeights.longestCode

    private(set) var entries = [UInt16](repeating: 0, count: 1 << indexBitCount)

    /// Codes are given out from the longest to the shortest, among equals in the order of the symbols.
    mutating func build(_ weights: HuffmanWeights) {
        let unusedBitCount = Self.indexBitCount - weights.codeBitCount
        var next = InlineArray<13, Int>(repeating: 0)
        for weight in weights.weights where weight > 0 {
            next[Int(weight) + 1] += 1 << (Int(weight) - 1 + unusedBitCount)
        }
        for weight in 2..<13 { next[weight] += next[weight - 1] }
        var entries = entries.mutableSpan
        for (symbol, weight) in weights.weights.enumerated() where weight > 0 {
            let first = next[Int(weight)]
            let end = first + 1 << (Int(weight) - 1 + unusedBitCount)
            let entry = UInt16(symbol) << 8 | UInt16(weights.codeBitCount + 1 - Int(weight))
            for index in first..<end { entries[index] = entry }
            next[Int(weight)] = end
        }
    }
}
