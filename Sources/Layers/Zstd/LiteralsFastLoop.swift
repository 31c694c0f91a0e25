/// The fast loop over the four streams of a block's literals.
///
/// It is fast because the four streams do not wait for each other, and because nothing is checked per literal: before
/// a row of turns it is known for how many there is room. It gives up the edges: the last bytes of each stream are left
/// to the plain loop, which also finds what is wrong.
///
/// Of each stream the eight bytes that end with the next bit stand in a register, the next bit highest. Their lowest bit
/// is replaced by a 1, so that the zeros behind it tell how many bits have been consumed:
///
///     next bits ... 1 000 ... 0
///
/// One turn decodes five literals of each stream:
///
///     input bits     7 that a refill leaves consumed + 5 x 11 = 62 <= 63 that stand above the 1
///     input bytes    62 / 8 = 7, by which a refill goes back at most
///
/// Invariants, which make the pointers sound:
/// 1. At the top of a turn, `next` is not before the stream's first byte, and the eight bytes there are the stream's.
/// 2. At the top of a turn, there is room for five bytes in each of the four segments.
/// 3. The table is indexed by eleven bits, as many as its index has.
@safe struct LiteralsFastLoop {
    private static let literalsPerTurn = 5
    private static let bytesPerTurn = 7

    /// One of the four streams, of which at least 64 bits are left.
    @safe struct Stream {
        private let start: UnsafeRawPointer
        private var next: UnsafeRawPointer
        private var bits: UInt64

        /// SAFETY: the stream lies in `input`, and its first eight bytes or more are left.
        init?(_ stream: BackwardBitReader, in input: UnsafeRawBufferPointer) {
            guard stream.bitCount >= 64, let base = input.baseAddress else { return nil }
            unsafe start = base + stream.start
            unsafe next = start + (stream.bitCount + 7) / 8 - 8
            bits = 0
            load(consumed: -stream.bitCount & 7)
        }

        var bitCount: Int { unsafe 8 * (next - start + 8) - bits.trailingZeroBitCount }
        var turns: Int { unsafe (next - start) / bytesPerTurn }

        @inline(__always)
        private mutating func load(consumed: Int) {
            // SAFETY: invariant 1.
            bits = unsafe (UInt64(littleEndian: next.loadUnaligned(as: UInt64.self)) | 1) &<< UInt64(consumed)
        }

        @inline(__always)
        mutating func refill() {
            let consumed = bits.trailingZeroBitCount
            unsafe next -= consumed &>> 3
            load(consumed: consumed & 7)
        }

        @inline(__always)
        mutating func decode(_ table: UnsafePointer<UInt16>, to output: UnsafeMutableRawPointer) {
            // SAFETY: invariants 2 and 3.
            let entry = unsafe table[Int(truncatingIfNeeded: bits &>> 53)]
            bits &<<= UInt64(entry)
            unsafe output.storeBytes(of: UInt8(truncatingIfNeeded: entry &>> 8), as: UInt8.self)
        }
    }

    var streams: (Stream, Stream, Stream, Stream)
    let table: UnsafePointer<UInt16>
    let output: UnsafeMutableRawPointer
    let segmentSize: Int

    /// Decodes an equal number of literals of each stream, at most `limit`, and returns that number. SAFETY: `limit` fits
    /// the last segment, and so each.
    mutating func run(atMost limit: Int) -> Int {
        let (table, segmentSize) = unsafe (table, segmentSize)
        var out = unsafe output
        var (a, b, c, d) = streams
        var done = 0
        while true {
            var turns = (limit - done) / Self.literalsPerTurn
            turns = min(turns, a.turns, b.turns, c.turns, d.turns)
            guard turns > 0 else { break }
            done += turns * Self.literalsPerTurn
            repeat {
                for index in 0..<Self.literalsPerTurn {
                    unsafe a.decode(table, to: out + index)
                    unsafe b.decode(table, to: out + segmentSize + index)
                    unsafe c.decode(table, to: out + 2 &* segmentSize + index)
                    unsafe d.decode(table, to: out + 3 &* segmentSize + index)
                }
                a.refill()
                b.refill()
                c.refill()
                d.refill()
                unsafe out += Self.literalsPerTurn
                turns &-= 1
            } while turns > 0
        }
        streams = (a, b, c, d)
        return done
    }
}
