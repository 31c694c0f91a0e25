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
        let indexBitCount = indexBitCount
        let mainCount = 1 << indexBitCount
        var counts = InlineArray<16, Int>(repeating: 0)
        for length in lengths { counts[Int(length)] += 1 }
        let symbols = Self.sorted(lengths, counts)
        let symbolCount = lengths.count - counts[0]
        var entries = entries.mutableSpan
        // The main table is that of the codes so far; it doubles with every bit. Complete codes leave no gap.
        var filledBitCount = 1
        entries[0] = Self.exceptional | Self.noCode
        entries[1] = Self.exceptional | Self.noCode
        // The code of the symbol, its first bit lowest.
        var code = 0
        var subtable = (prefix: -1, start: mainCount, end: mainCount)
        for index in 0..<symbolCount {
            let symbol = Int(symbols[index])
            let length = Int(lengths[symbol])
            Self.double(&entries, from: &filledBitCount, to: min(length, indexBitCount))
            if length <= indexBitCount {
                entries[code] = alphabet.entry(symbol, codeBitCount: length)
            } else {
                let prefix = code & (mainCount - 1)
                if prefix != subtable.prefix {
                    let bitCount = Self.subtableBitCount(
                        firstLength: length, remaining: counts, indexBitCount: indexBitCount)
                    subtable = (prefix, subtable.end, subtable.end + 1 << bitCount)
                    entries[prefix] =
                        Self.exceptional | UInt32(subtable.start) << 16 | UInt32(bitCount) << 8 | UInt32(indexBitCount)
                }
                let entry = alphabet.entry(symbol, codeBitCount: length - indexBitCount)
                let first = subtable.start + code >> indexBitCount
                for index in stride(from: first, to: subtable.end, by: 1 << (length - indexBitCount)) {
                    entries[index] = entry
                }
            }
            counts[length] -= 1
            code = Self.successor(of: code, bitCount: length)
        }
        Self.double(&entries, from: &filledBitCount, to: indexBitCount)
    }

    /// What stands at an index of few bits holds whatever the bits above them.
    private static func double(_ entries: inout MutableSpan<UInt32>, from bitCount: inout Int, to newBitCount: Int) {
        while bitCount < newBitCount {
            let count = 1 << bitCount
            for index in 0..<count { entries[count + index] = entries[index] }
            bitCount += 1
        }
    }

    /// The symbols that have codes, in the order of their codes.
    private static func sorted(_ lengths: [UInt8], _ counts: InlineArray<16, Int>) -> InlineArray<288, UInt16> {
        var next = InlineArray<16, Int>(repeating: 0)
        for length in 2..<16 { next[length] = next[length - 1] + counts[length - 1] }
        var symbols = InlineArray<288, UInt16>(repeating: 0)
        for (symbol, length) in lengths.enumerated() where length > 0 {
            symbols[next[Int(length)]] = UInt16(symbol)
            next[Int(length)] += 1
        }
        return symbols
    }

    /// How many bits the subtable needs whose first code has `firstLength` bits, if `remaining` codes of each length are
    /// still to come: the codes that share the prefix fill it.
    private static func subtableBitCount(
        firstLength: Int, remaining: InlineArray<16, Int>, indexBitCount: Int
    ) -> Int {
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
    /// follows a code stands at a lower index, where the entry must still be a single literal; only index 0 follows
    /// itself. `shortest`: the least length of a literal's code.
    mutating func joinLiterals(shortest: Int) {
        let indexBitCount = UInt32(indexBitCount)
        let longest = indexBitCount - min(UInt32(shortest), indexBitCount)
        var entries = entries.mutableSpan
        for index in stride(from: 1 << Int(indexBitCount) - 1, through: 0, by: -1) {
            var entry = entries[index]
            var bitCount = entry & Self.bits
            guard bitCount <= longest, entry & Self.literalCount != 0 else { continue }
            var shift: UInt32 = 8
            repeat {
                let next = entries[index &>> Int(bitCount)]
                bitCount &+= next & Self.bits
                guard bitCount <= indexBitCount, next & Self.literalCount != 0 else { break }
                entry &+= 1 << 6 &+ next & Self.bits &+ (next & 0xFF00) &<< shift
                shift &+= 8
            } while shift <= 16
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
        /// As if they were literals.
        static let codeLength = Alphabet(meanings: (0..<19).map { 1 << 6 | $0 << 8 })
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
