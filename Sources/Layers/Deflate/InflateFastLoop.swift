/// The fast loop over a block's symbols.
///
/// It is fast because nothing is checked per symbol: the loop's condition leaves room for the most that one turn reads
/// and writes, the next bits stand in a register, and tables do the work of branches. It gives up the edges: near the
/// end of the input, and before bits that are no valid symbol, it stops, and the plain loop goes on and finds the error.
///
/// One turn decodes up to three entries of literals, or up to two and a match:
///
///     input bits     2 x 11 literals + 20 length + 8 index of the distance           = 50 <= 56, a refill
///                    28 distance + 11 index of the next symbol                       = 39 <= 56, another
///     input bytes    two refills, each 8 wide and at most 7 further than the last    = 15 <= `inputMargin`
///     output bytes   2 x 3 literals + 258, and copies that may overrun the end by 29 = 293 <= `outputMargin`
///
/// Invariants, which make the pointers sound:
/// 1. At the top of a turn, `inputMargin` bytes of input stand at `next`.
/// 2. At the top of a turn, `outputMargin` bytes of the window stand at `out`.
/// 3. A table is indexed by as many bits as its index has, or within a subtable that `HuffmanTable.build` made.
/// 4. A match's distance is at least 1 and does not reach before `outputStart`.
///
/// Only the low six bits of `bitCount` count, so that a whole entry can be subtracted from it; above the `bitCount` bits
/// of `bitBuffer` stand bits that `next` still has to deliver, so that a refill may `or` them in again.
@safe struct InflateFastLoop {
    static let inputMargin = 16
    static let outputMargin = 320
    static let literalLengthBitCount = 11
    static let distanceBitCount = 8
    /// The largest tables that complete codes of 288 and 32 symbols need with these indices, by zlib's `enough.c`.
    static let literalLengthEntryCount = 2342
    static let distanceEntryCount = 402

    var next: UnsafeRawPointer
    /// The last position at which invariant 1 holds.
    let inputLimit: UnsafeRawPointer
    var bitBuffer: UInt64
    var bitCount: UInt64

    var out: UnsafeMutableRawPointer
    /// The first byte that a match may copy.
    let outputStart: UnsafeMutableRawPointer
    /// The first position at which invariant 2 does not hold.
    let outputLimit: UnsafeMutableRawPointer

    let literalLengths: UnsafePointer<UInt32>
    let distances: UnsafePointer<UInt32>

    /// Decodes symbols while there is room, and returns whether the block ended.
    mutating func run() -> Bool {
        let (inputLimit, outputStart, outputLimit) = unsafe (inputLimit, outputStart, outputLimit)
        let (literalLengths, distances) = unsafe (literalLengths, distances)
        var (next, out) = unsafe (next, out)
        var (bitBuffer, bitCount) = (bitBuffer, bitCount)
        var isBlockEnd = false
        let literalLengthMask: UInt64 = 1 << UInt64(Self.literalLengthBitCount) - 1
        let distanceMask: UInt64 = 1 << UInt64(Self.distanceBitCount) - 1

        @inline(__always) func refill() {
            // SAFETY: invariant 1.
            unsafe bitBuffer |= next.loadUnaligned(as: UInt64.self).littleEndian &<< bitCount
            unsafe next += 7 &- Int(truncatingIfNeeded: bitCount &>> 3 & 7)
            bitCount |= 56
        }
        @inline(__always) func consume(_ entry: UInt32) {
            bitBuffer &>>= UInt64(entry)
            bitCount &-= UInt64(entry)
        }
        @inline(__always) func nextLiteralLength() -> UInt32 {
            // SAFETY: invariant 3.
            unsafe literalLengths[Int(truncatingIfNeeded: bitBuffer & literalLengthMask)]
        }
        @inline(__always) func putLiterals(_ entry: UInt32) {
            // SAFETY: invariant 2.
            unsafe out.storeBytes(of: (entry &>> 8).littleEndian, as: UInt32.self)
            unsafe out += Int(truncatingIfNeeded: entry &>> 6 & 3)
        }

        guard unsafe next <= inputLimit, unsafe out < outputLimit else { return false }
        refill()
        var entry = nextLiteralLength()
        turns: while unsafe next <= inputLimit && out < outputLimit {
            if entry & HuffmanTable.literalCount != 0 {
                putLiterals(entry)
                consume(entry)
                entry = nextLiteralLength()
                if entry & HuffmanTable.literalCount != 0 {
                    putLiterals(entry)
                    consume(entry)
                    entry = nextLiteralLength()
                    if entry & HuffmanTable.literalCount != 0 {
                        putLiterals(entry)
                        consume(entry)
                        entry = nextLiteralLength()
                        refill()
                        continue
                    }
                }
            }
            let symbolStart = unsafe (next, bitBuffer, bitCount)
            var lengthBits = bitBuffer
            consume(entry)
            if entry & HuffmanTable.exceptional != 0 {
                if entry & (HuffmanTable.endOfBlock | HuffmanTable.noCode) == 0 {
                    // SAFETY: invariant 3.
                    unsafe entry = literalLengths[Self.subtableIndex(entry, bitBuffer)]
                    lengthBits = bitBuffer
                    consume(entry)
                    if entry & HuffmanTable.literalCount != 0 {
                        putLiterals(entry)
                        entry = nextLiteralLength()
                        refill()
                        continue
                    }
                }
                if entry & HuffmanTable.endOfBlock != 0 {
                    isBlockEnd = true
                    break turns
                }
                if entry & HuffmanTable.noCode != 0 {
                    unsafe (next, bitBuffer, bitCount) = unsafe symbolStart
                    break turns
                }
            }
            let length = Self.value(entry, lengthBits)

            // SAFETY: invariant 3.
            unsafe entry = distances[Int(truncatingIfNeeded: bitBuffer & distanceMask)]
            refill()
            if entry & HuffmanTable.exceptional != 0, entry & HuffmanTable.noCode == 0 {
                consume(entry)
                // SAFETY: invariant 3.
                unsafe entry = distances[Self.subtableIndex(entry, bitBuffer)]
            }
            let distanceBits = bitBuffer
            consume(entry)
            let distance = Self.value(entry, distanceBits)
            guard entry & HuffmanTable.exceptional == 0, unsafe distance <= out - outputStart else {
                unsafe (next, bitBuffer, bitCount) = unsafe symbolStart
                break turns
            }
            // The next entry is on its way while the match is copied.
            entry = nextLiteralLength()
            refill()
            // SAFETY: invariants 2 and 4.
            unsafe WideCopy.match(to: out, length: length, distance: distance)
            unsafe out += length
        }
        unsafe (self.next, self.bitBuffer, self.bitCount, self.out) = unsafe (next, bitBuffer, bitCount & 63, out)
        return isBlockEnd
    }

    @inline(__always)
    private static func subtableIndex(_ entry: UInt32, _ bits: UInt64) -> Int {
        let mask: UInt64 = (1 &<< UInt64(entry &>> 8)) &- 1
        return Int(truncatingIfNeeded: UInt64(entry &>> 16 & 0x1FFF) &+ (bits & mask))
    }

    /// The base of a match's entry and the extra bits after its code.
    @inline(__always)
    private static func value(_ entry: UInt32, _ bits: UInt64) -> Int {
        let mask: UInt64 = (1 &<< UInt64(entry)) &- 1
        return Int(truncatingIfNeeded: UInt64(entry &>> 16) &+ (bits & mask) &>> UInt64(entry &>> 8))
    }
}
