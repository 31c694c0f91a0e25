/// The three codes of sequences, with their predefined distributions (RFC 8878, section 3.1.1.3.2).
enum SequenceCodes {
    static let literalsLength = FSETable.Code(
        .literalsLength, largestAccuracyLog: 9,
        lengths(extraBits: Array(repeating: 0, count: 16) + [1, 1, 1, 1, 2, 2, 3, 3, 4] + Array(6...16), first: 0),
        predefined: FSEDistribution(
            accuracyLog: 6,
            [4, 3] + Array(repeating: 2, count: 11) + [1, 1, 1] + Array(repeating: 2, count: 9)
                + [3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1]))

    static let matchLength = FSETable.Code(
        .matchLength, largestAccuracyLog: 9,
        lengths(
            extraBits: Array(repeating: 0, count: 32) + [1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5] + Array(7...16), first: 3),
        predefined: FSEDistribution(
            accuracyLog: 6,
            [1, 4, 3, 2, 2, 2, 2, 2, 2] + Array(repeating: 1, count: 37) + Array(repeating: -1, count: 7)))

    /// Symbol n stands for 2^n and n extra bits. What that means is up to `RepeatOffsets`.
    static let offset = FSETable.Code(
        .offset, largestAccuracyLog: 8, (0..<32).map { (1 << $0, $0) },
        predefined: FSEDistribution(
            accuracyLog: 5,
            [1, 1, 1, 1, 1, 1, 2, 2, 2] + Array(repeating: 1, count: 15) + Array(repeating: -1, count: 5)))

    /// What a symbol stands for begins where that of the symbol before it ends (section 3.1.1.3.2.1.1).
    private static func lengths(extraBits: [Int], first: Int) -> [(value: Int, extraBits: Int)] {
        var value = first
        return extraBits.map { extraBits in
            defer { value += 1 << extraBits }
            return (value, extraBits)
        }
    }
}
