/// A Huffman code in its canonical form (RFC 1951, section 3.2.2), decoded a bit at a time: the reference for
/// `HuffmanTable`, and what decodes the last symbols of the input.
struct CanonicalCode {
    static let longestLength = 15

    /// How many symbols have codes of each length.
    private var counts = InlineArray<16, Int>(repeating: 0)
    /// The symbols that have codes, in the order of their codes.
    private var symbols: [Int] = []

    init(lengths: [UInt8]) {
        for length in lengths { counts[Int(length)] += 1 }
        counts[0] = 0
        for length in 1...Self.longestLength {
            for symbol in lengths.indices where lengths[symbol] == length { symbols.append(symbol) }
        }
    }

    /// The next symbol; nil if the bits are no code.
    func symbol(from input: inout BitReader) throws(InflateError) -> Int? {
        let bits = input.peek(Self.longestLength)
        var code = 0
        var firstCode = 0
        var firstIndex = 0
        for length in 1...Self.longestLength {
            code |= bits >> (length - 1) & 1
            if code - firstCode < counts[length] {
                try input.drop(length)
                return symbols[firstIndex + code - firstCode]
            }
            firstIndex += counts[length]
            firstCode = (firstCode + counts[length]) << 1
            code <<= 1
        }
        try input.drop(Self.longestLength)
        return nil
    }
}
