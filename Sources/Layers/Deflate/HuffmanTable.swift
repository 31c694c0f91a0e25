/// A Huffman code (RFC 1951, section 3.2.2) as a table that the next bits of the input index.
///
/// Codes longer than the index point to a subtable behind the main one. An entry of 32 bits is one of
///
///     literals       third:8  second:8  first:8          count:2 (1-3)  bits:6
///     match          0:1  base:15   0:2  codeBits:6      0:2            bits:6
///     subtable       1:1  0:2  start:13  0:2  indexBits:6  0:2          bits:6
///     end of block   1:1  1:1
///     no code        1:1  0:1  1:1
///
/// from the highest bit down. `bits` is what the entry consumes: for a match its code and the extra bits after it, so
/// that the low `bits` bits of the input, shifted right by `codeBits`, are added to `base`. One entry holds up to three
/// literals if their codes fit the index together.
struct HuffmanTable {
    static let exceptional: UInt32 = 1 << 31
    static let endOfBlock: UInt32 = 1 << 30
    static let noCode: UInt32 = 1 << 29
    static let literalCount: UInt32 = 0b11 << 6
    static let bits: UInt32 = 0b11_1111

    let indexBitCount: Int
    private(set) var entries: [UInt32]

    /// `entryCount`: the largest table that complete codes of this many symbols need.
    init(indexBitCount: Int, entryCount: Int) {
        self.indexBitCount = indexBitCount
        entries = [UInt32](repeating: 0, count: entryCount)
    }

    /// Makes the table of a code that `CodeLengths` has checked: a complete one, or one of less than two symbols.
    mutating func build(_ lengths: [UInt8], alphabet: Alphabet) {
        let mainCount = 1 << indexBitCount
        var counts = InlineArray<16, Int>(repeating: 0)
        for length in lengths { counts[Int(length)] += 1 }
        let symbols = Self.sorted(lengths, counts)
        if symbols.count < 2 {
            for index in 0..<mainCount { entries[index] = Self.exceptional | Self.noCode }
        }
        // The code of the symbol, its first bit lowest.
        var code = 0
        var subtable = (prefix: -1, start: mainCount, end: mainCount)
        for symbol in symbols {
            let length = Int(lengths[Int(symbol)])
            if length <= indexBitCount {
                let entry = alphabet.entry(Int(symbol), codeBitCount: length)
                fill(from: code, to: mainCount, by: 1 << length, entry)
            } else {
                let prefix = code & (mainCount - 1)
                if prefix != subtable.prefix {
                    let bitCount = subtableBitCount(firstLength: length, remaining: counts)
                    subtable = (prefix, subtable.end, subtable.end + 1 << bitCount)
                    entries[prefix] =
                        Self.exceptional | UInt32(subtable.start) << 16 | UInt32(bitCount) << 8 | UInt32(indexBitCount)
                }
                let entry = alphabet.entry(Int(symbol), codeBitCount: length - indexBitCount)
                fill(
                    from: subtable.start + code >> indexBitCount, to: subtable.end, by: 1 << (length - indexBitCount),
                    entry)
            }
            counts[length] -= 1
            code = Self.successor(of: code, bitCount: length)
        }
    }

    /// The symbols that have codes, in the order of their codes.
    private static func sorted(_ lengths: [UInt8], _ counts: InlineArray<16, Int>) -> [UInt16] {
        var next = InlineArray<16, Int>(repeating: 0)
        for length in 2..<16 { next[length] = next[length - 1] + counts[length - 1] }
        var symbols = [UInt16](repeating: 0, count: lengths.count - counts[0])
        for (symbol, length) in lengths.enumerated() where length > 0 {
            symbols[next[Int(length)]] = UInt16(symbol)
            next[Int(length)] += 1
        }
        return symbols
    }

    @inline(__always)
    private mutating func fill(from first: Int, to end: Int, by step: Int, _ entry: UInt32) {
        var index = first
        while index < end {
            entries[index] = entry
            index &+= step
        }
    }

    /// How many bits the subtable needs whose first code has `firstLength` bits, if `remaining` codes of each length are
    /// still to come: the codes that share the prefix fill it.
    private func subtableBitCount(firstLength: Int, remaining: InlineArray<16, Int>) -> Int {
        var bitCount = firstLength - indexBitCount
        var used = remaining[firstLength]
        while used < 1 << bitCount {
            bitCount += 1
            used = used << 1 + remaining[indexBitCount + bitCount]
        }
        return bitCount
    }

    /// The next code of the same or a greater length, first bit lowest: the highest zero becomes one, what is above it
    /// zero.
    private static func successor(of code: Int, bitCount: Int) -> Int {
        let zeros = ~code & (1 << bitCount - 1)
        guard zeros != 0 else { return code }
        let bit = 1 << (Int.bitWidth - 1 - zeros.leadingZeroBitCount)
        return code & (bit - 1) | bit
    }

    /// Puts a second and a third literal into entries whose index has room for their codes. Goes down, because what
    /// follows a code stands at a lower index, where the entry must still be a single literal; only index 0 follows itself.
    mutating func joinLiterals() {
        for index in stride(from: 1 << indexBitCount - 1, through: 0, by: -1) {
            var entry = entries[index]
            guard entry & Self.literalCount != 0 else { continue }
            var usedBitCount = entry & Self.bits
            for shift: UInt32 in [16, 24] {
                let next = entries[index >> Int(usedBitCount)]
                let bitCount = next & Self.bits
                guard next & Self.literalCount != 0, usedBitCount + bitCount <= indexBitCount else { break }
                entry += 1 << 6 + bitCount + (next & 0xFF00) << (shift - 8)
                usedBitCount += bitCount
            }
            entries[index] = entry
        }
    }

    /// What the symbols of a code mean, as entries without the lengths of their codes.
    struct Alphabet {
        private let meanings: [UInt32]

        static let literalLength = Alphabet(
            meanings: (0..<288).map { symbol in
                switch symbol {
                case 0..<256: 1 << 6 | UInt32(symbol) << 8
                case CodeLengths.endOfBlock: exceptional | endOfBlock
                case 257..<286: match(.length(symbol))
                default: exceptional | noCode
                }
            })
        static let distance = Alphabet(
            meanings: (0..<32).map { $0 < 30 ? match(.distance($0)) : exceptional | noCode })

        private static func match(_ symbols: MatchSymbols) -> UInt32 {
            UInt32(symbols.base) << 16 | UInt32(symbols.extraBitCount)
        }

        func entry(_ symbol: Int, codeBitCount: Int) -> UInt32 {
            let meaning = meanings[symbol]
            let isLiteral = meaning & literalCount != 0
            return meaning + UInt32(codeBitCount) * (isLiteral ? 1 : 0x101)
        }
    }
}
