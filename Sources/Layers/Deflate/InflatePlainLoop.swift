/// The plain loop over a block's symbols, a symbol at a time and everything checked: the reference for
/// `InflateFastLoop`, and what decodes the last symbols of the input and names what is wrong.
struct InflatePlainLoop {
    private let literalLength: CanonicalCode
    private let distance: CanonicalCode

    init(_ lengths: CodeLengths) {
        literalLength = CanonicalCode(lengths: lengths.literalLength)
        distance = CanonicalCode(lengths: lengths.distance)
    }

    /// Decodes a literal, a match or the end of the block, and returns whether it was the last. The window has room for
    /// the longest match.
    func decodeSymbol(
        from input: inout BitReader, into window: inout InflateWindow
    ) throws(InflateError) -> Bool {
        let start = input.byteOffset
        guard let symbol = try literalLength.symbol(from: &input), symbol < 286 else {
            throw .invalidSymbol(.literalLength, atByte: start)
        }
        guard symbol != CodeLengths.endOfBlock else { return true }
        if symbol < CodeLengths.endOfBlock {
            window.append(UInt8(symbol))
        } else {
            let length = try MatchSymbols.length(symbol).value(from: &input)
            window.appendMatch(length: length, distance: try readDistance(from: &input, within: window.historyCount))
        }
        return false
    }

    private func readDistance(from input: inout BitReader, within limit: Int) throws(InflateError) -> Int {
        let start = input.byteOffset
        guard let symbol = try distance.symbol(from: &input), symbol < 30 else {
            throw .invalidSymbol(.distance, atByte: start)
        }
        let distance = try MatchSymbols.distance(symbol).value(from: &input)
        guard distance <= limit else { throw .distanceTooFar(distance, available: limit, atByte: start) }
        return distance
    }
}
