/// What the symbols of matches mean (RFC 1951, section 3.2.5): a base to which the value of some extra bits is added.
struct MatchSymbols {
    let base: Int
    let extraBitCount: Int

    /// Of the length symbols 257...285. Four symbols share a number of extra bits, from 265 on; the last is alone.
    static func length(_ symbol: Int) -> MatchSymbols {
        let index = symbol - 257
        if index < 8 { return MatchSymbols(base: 3 + index, extraBitCount: 0) }
        if index == 28 { return MatchSymbols(base: 258, extraBitCount: 0) }
        let extraBitCount = index / 4 - 1
        return MatchSymbols(base: 3 + (4 + index % 4) << extraBitCount, extraBitCount: extraBitCount)
    }

    /// Of the distance symbols 0...29. Two symbols share a number of extra bits, from 4 on.
    static func distance(_ symbol: Int) -> MatchSymbols {
        if symbol < 4 { return MatchSymbols(base: 1 + symbol, extraBitCount: 0) }
        let extraBitCount = symbol / 2 - 1
        return MatchSymbols(base: 1 + (2 + symbol % 2) << extraBitCount, extraBitCount: extraBitCount)
    }

    func value(from input: inout BitReader) throws(InflateError) -> Int {
        base + (try input.take(extraBitCount))
    }
}
