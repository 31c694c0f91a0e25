/// The fast loop over a block's sequences.
///
/// It is fast because the bits of one sequence are taken from a register that one load fills, because the tables' entries
/// tell what follows without branches, and because copies are wide. It gives up the edges: near the end of the bit
/// stream, before the last sequence, and before a sequence that is not valid it stops, and the plain code goes on and
/// finds the error.
///
///     bits of a load          64 - 7 that the load leaves consumed                     = 57
///     a sequence's values     31 offset; 16 match length + 16 literals length          <= 57 each
///     next states             9 literals length + 9 match length + 8 offset            = 26 <= 57
///     all from one load       if the values take no more than 57 - 26                  = 31
///     a sequence              31 + 16 + 16 + 26 = 89; the last load needs 57 behind 63 = 120 <= `bitMargin`
///
/// Invariants, which make the pointers sound:
/// 1. At the top of a turn, `bitMargin` bits are left, so that all loads are of bytes of the stream.
/// 2. Literals and output are only copied after a sequence's lengths were compared with what is left of both; behind
///    each there is room for what wide copies read or write too much.
/// 3. A match begins in this lap of the window, or in the lap before it, no further back than the window's size.
/// 4. A state is less than the size of its table, as `FSETable.build` makes them.
@safe struct SequencesFastLoop {
    private static let bitMargin = 120
    private static let extraBitsOfOneLoad: UInt64 = 31

    /// The first byte of the bit stream.
    let stream: UnsafeRawPointer
    let literals: UnsafeRawPointer
    let literalsEnd: UnsafeRawPointer
    /// The first byte of the lap.
    let windowStart: UnsafeMutableRawPointer
    let outputLimit: UnsafeMutableRawPointer
    let windowSize: Int
    /// Where the lap before this one ended, counted from `windowStart`; 0 in the first.
    let previousEnd: Int
    let literalsLengths: UnsafePointer<UInt64>
    let offsets: UnsafePointer<UInt64>
    let matchLengths: UnsafePointer<UInt64>

    var progress: SequencesProgress
    var out: UnsafeMutableRawPointer

    /// Executes sequences while there is room.
    mutating func run() {
        let (stream, literalsEnd) = unsafe (stream, literalsEnd)
        let (windowStart, outputLimit) = unsafe (windowStart, outputLimit)
        let (windowSize, previousEnd) = (windowSize, previousEnd)
        let (literalsLengths, offsets, matchLengths) = unsafe (literalsLengths, offsets, matchLengths)
        var out = unsafe out
        var literals = unsafe literals + progress.literalsUsed
        var (bitCount, sequencesLeft) = (progress.bitCount, progress.sequencesLeft)
        var literalsLengthState = progress.literalsLengthState
        var offsetState = progress.offsetState
        var matchLengthState = progress.matchLengthState
        var (first, second, third) = (
            progress.repeatOffsets.first, progress.repeatOffsets.second, progress.repeatOffsets.third
        )

        /// The next 57 bits or more at the top.
        @inline(__always) func load(_ bitCount: Int) -> UInt64 {
            // SAFETY: invariant 1.
            let word = unsafe (stream + ((bitCount &+ 7) &>> 3 &- 8)).loadUnaligned(as: UInt64.self)
            return UInt64(littleEndian: word) &<< UInt64(truncatingIfNeeded: (0 &- bitCount) & 7)
        }
        @inline(__always) func take(_ count: UInt64, _ bits: inout UInt64) -> Int {
            let value = (bits &>> 1) &>> ~count
            bits &<<= count
            return Int(truncatingIfNeeded: value)
        }

        while sequencesLeft > 1, bitCount >= Self.bitMargin {
            // SAFETY: invariant 4.
            let literalsLengthEntry = unsafe literalsLengths[literalsLengthState]
            let offsetEntry = unsafe offsets[offsetState]
            let matchLengthEntry = unsafe matchLengths[matchLengthState]
            let sums = literalsLengthEntry &+ offsetEntry &+ matchLengthEntry
            let extraBits = sums & 0xFF

            var bits = load(bitCount)
            let offsetBits = offsetEntry & 0xFF
            let offsetValue = Int(truncatingIfNeeded: offsetEntry &>> 32) &+ take(offsetBits, &bits)
            if extraBits > Self.extraBitsOfOneLoad { bits = load(bitCount &- Int(truncatingIfNeeded: offsetBits)) }
            let matchLength = Int(truncatingIfNeeded: matchLengthEntry &>> 32) &+ take(matchLengthEntry & 0xFF, &bits)
            let literalsLength =
                Int(truncatingIfNeeded: literalsLengthEntry &>> 32) &+ take(literalsLengthEntry & 0xFF, &bits)
            if extraBits > Self.extraBitsOfOneLoad { bits = load(bitCount &- Int(truncatingIfNeeded: extraBits)) }
            let nextLiteralsLengthState =
                Int(truncatingIfNeeded: literalsLengthEntry &>> 16 & 0xFFFF)
                &+ take(literalsLengthEntry &>> 8 & 0xFF, &bits)
            let nextMatchLengthState =
                Int(truncatingIfNeeded: matchLengthEntry &>> 16 & 0xFFFF) &+ take(matchLengthEntry &>> 8 & 0xFF, &bits)
            let nextOffsetState =
                Int(truncatingIfNeeded: offsetEntry &>> 16 & 0xFFFF) &+ take(offsetEntry &>> 8 & 0xFF, &bits)

            let offset: Int
            let repeats: (Int, Int)
            if offsetBits > 1 {
                offset = offsetValue &- 3
                repeats = (first, second)
            } else {
                switch literalsLength == 0 ? offsetValue &+ 1 : offsetValue {
                case 1: (offset, repeats) = (first, (second, third))
                case 2: (offset, repeats) = (second, (first, third))
                case 3: (offset, repeats) = (third, (first, second))
                default: (offset, repeats) = (first &- 1, (first, second))
                }
            }

            let matchStart = unsafe out + literalsLength
            let lapCount = unsafe matchStart - windowStart
            guard unsafe literalsLength <= literalsEnd - literals,
                unsafe literalsLength &+ matchLength <= outputLimit - out,
                offset <= windowSize, offset > 0, offset <= lapCount || previousEnd > 0
            else { break }
            // SAFETY: invariant 2.
            unsafe WideCopy.copy(from: literals, to: out, length: literalsLength)
            unsafe literals += literalsLength
            unsafe out = matchStart + matchLength
            // SAFETY: invariants 2 and 3.
            if offset <= lapCount {
                unsafe WideCopy.match(to: matchStart, length: matchLength, distance: offset)
            } else {
                unsafe copyFromLapBefore(to: matchStart, length: matchLength, offset: offset)
            }

            (first, second, third) = (offset, repeats.0, repeats.1)
            literalsLengthState = nextLiteralsLengthState
            matchLengthState = nextMatchLengthState
            offsetState = nextOffsetState
            bitCount &-= Int(truncatingIfNeeded: extraBits &+ sums &>> 8 & 0xFF)
            sequencesLeft &-= 1
        }

        unsafe progress.literalsUsed = literals - self.literals
        (progress.bitCount, progress.sequencesLeft) = (bitCount, sequencesLeft)
        progress.literalsLengthState = literalsLengthState
        progress.offsetState = offsetState
        progress.matchLengthState = matchLengthState
        progress.repeatOffsets = RepeatOffsets(first, second, third)
        unsafe self.out = out
    }

    /// Copies a match that begins in the lap before this one, and may go on at the beginning of this one.
    @inline(never)
    private func copyFromLapBefore(to matchStart: UnsafeMutableRawPointer, length: Int, offset: Int) {
        let lapCount = unsafe matchStart - windowStart
        let distance = offset - lapCount
        let count = min(length, distance)
        unsafe WideCopy.copy(from: windowStart + (previousEnd - distance), to: matchStart, length: count)
        guard count < length else { return }
        unsafe WideCopy.match(to: matchStart + count, length: length - count, distance: offset)
    }
}
