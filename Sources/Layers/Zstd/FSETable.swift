/// A finite state entropy code (RFC 8878, section 4.1) as the table that its state indexes.
///
/// An entry of 64 bits tells what the state means and how the next state follows: it is `next` plus `stateBits` bits of
/// the stream. The symbol is not kept, but what it stands for: `value` plus `extraBits` bits.
///
///     value:32  next:16  stateBits:8  extraBits:8
///
/// from the highest bit down, so that the low two bytes of several entries can be added at once.
struct FSETable {
    static let largestAccuracyLog = 9
    /// What the states index; always of the largest size. No `next` plus its bits reaches behind `1 << accuracyLog`.
    private(set) var entries = [UInt64](repeating: 0, count: 1 << largestAccuracyLog)
    private(set) var accuracyLog = 0

    static func extraBits(_ entry: UInt64) -> Int { Int(entry & 0xFF) }
    static func stateBits(_ entry: UInt64) -> Int { Int(entry >> 8 & 0xFF) }
    static func next(_ entry: UInt64) -> Int { Int(entry >> 16 & 0xFFFF) }
    static func value(_ entry: UInt64) -> Int { Int(entry >> 32) }

    /// Makes the table of one symbol, which takes no bits.
    mutating func build(only symbol: Int, of code: Code) {
        accuracyLog = 0
        entries[0] = code.meanings[symbol]
    }

    /// Makes the table (section 4.1.1): symbols of probability "less than 1" take a state each at the end, the others are
    /// spread over the rest in steps that meet every state once.
    mutating func build(_ distribution: FSEDistribution, of code: Code) {
        let accuracyLog = distribution.accuracyLog
        self.accuracyLog = accuracyLog
        let size = 1 << accuracyLog
        let mask = size - 1
        let step = size >> 1 + size >> 3 + 3
        let probabilities = distribution.probabilities.span
        var entries = entries.mutableSpan
        let meanings = code.meanings.span
        var counts = InlineArray<64, Int>(repeating: 0)
        var symbols = InlineArray<512, UInt8>(repeating: 0)
        var high = mask
        for symbol in probabilities.indices {
            counts[symbol] = abs(probabilities[symbol])
            guard probabilities[symbol] == -1 else { continue }
            symbols[high] = UInt8(symbol)
            high -= 1
        }
        var state = 0
        for symbol in probabilities.indices where probabilities[symbol] > 0 {
            for _ in 0..<probabilities[symbol] {
                symbols[state] = UInt8(symbol)
                repeat { state = (state + step) & mask } while state > high
            }
        }
        for state in 0..<size {
            let symbol = Int(symbols[state])
            let number = counts[symbol]
            counts[symbol] = number &+ 1
            let bitCount = accuracyLog &- (Int.bitWidth &- 1 &- number.leadingZeroBitCount)
            let next = number &<< bitCount &- size
            entries[state] = meanings[symbol] | UInt64(bitCount) &<< 8 | UInt64(truncatingIfNeeded: next) &<< 16
        }
    }

    /// What is to be known of the codes that use such tables.
    struct Code {
        let name: ZstdError.Table
        let largestAccuracyLog: Int
        /// What blocks use that bring no distribution of their own.
        let predefined: FSEDistribution
        /// What each symbol stands for, as an entry without a state.
        let meanings: [UInt64]
        var symbolCount: Int { meanings.count }

        init(
            _ name: ZstdError.Table, largestAccuracyLog: Int, _ meanings: [(value: Int, extraBits: Int)],
            predefined: FSEDistribution
        ) {
            self.name = name
            self.largestAccuracyLog = largestAccuracyLog
            self.predefined = predefined
            self.meanings = meanings.map { UInt64($0.value) << 32 | UInt64($0.extraBits) }
        }
    }
}
