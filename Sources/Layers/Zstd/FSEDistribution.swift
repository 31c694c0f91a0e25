/// How often each symbol of an FSE code occurs, from which its table follows (RFC 8878, section 4.1.1).
struct FSEDistribution {
    /// The probabilities' sum is 2 to this power.
    let accuracyLog: Int
    /// One a symbol, in units of 2^-accuracyLog; -1 is "less than 1", which counts as 1.
    private(set) var probabilities: [Int] = []

    init(accuracyLog: Int, _ probabilities: [Int]) {
        (self.accuracyLog, self.probabilities) = (accuracyLog, probabilities)
    }

    /// Reads one, and consumes the bytes it stands in.
    ///
    /// A probability p is written as p + 1, in as many bits as the largest that is still possible takes; the smallest
    /// of these numbers take a bit less, so that none is wasted. A 0 is followed by how many more come, two bits each.
    init(
        from block: inout BlockReader, of table: FSETable.Code, in section: ZstdError.Section
    ) throws(ZstdError) {
        let start = block.byteOffset
        var bitCount = 0
        func peek(_ count: Int) -> Int {
            let first = block.range.lowerBound + bitCount / 8
            let bytes = (first..<first + 3).reversed().reduce(0) { value, index in
                value << 8 | (index < block.range.upperBound ? Int(block.bytes[index]) : 0)
            }
            return bytes >> (bitCount % 8) & (1 << count - 1)
        }
        accuracyLog = peek(4) + 5
        guard accuracyLog <= table.largestAccuracyLog else {
            throw .accuracyTooHigh(table.name, accuracyLog, limit: table.largestAccuracyLog, atByte: start)
        }
        bitCount = 4
        probabilities.reserveCapacity(64)
        var remaining = 1 << accuracyLog
        while remaining > 0 {
            let largest = remaining + 1
            let longest = Int.bitWidth - largest.leadingZeroBitCount
            let shortCount = 1 << longest - 1 - largest
            var value = peek(longest - 1)
            if value < shortCount {
                bitCount += longest - 1
            } else {
                value = peek(longest)
                bitCount += longest
                if value >= 1 << (longest - 1) { value -= shortCount }
            }
            guard bitCount <= 8 * block.range.count else {
                throw .blockEndsEarly(section, atByte: block.byteOffset + block.range.count)
            }
            probabilities.append(value - 1)
            remaining -= abs(value - 1)
            if value == 1 {
                var count: Int
                repeat {
                    count = peek(2)
                    bitCount += 2
                    probabilities.append(contentsOf: repeatElement(0, count: count))
                } while count == 3 && probabilities.count <= table.symbolCount
            }
            guard probabilities.count <= table.symbolCount else {
                throw .tooManySymbols(table.name, limit: table.symbolCount, atByte: start)
            }
        }
        _ = try block.take((bitCount + 7) / 8, of: section)
    }
}
