/// XXH64 with seed 0 (RFC 8878, section 3.1.1: the content checksum is its low 32 bits).
///
/// Four lanes each take eight of 32 bytes; at the end they are joined, and the bytes after the last 32 mixed in.
public struct XXH64: Sendable {
    private static let stripeSize = 32
    private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
    private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
    private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
    private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

    private typealias Lanes = (UInt64, UInt64, UInt64, UInt64)

    private var lanes: Lanes = (prime1 &+ prime2, prime2, 0, 0 &- prime1)
    /// The bytes after the last whole stripe, at the front.
    private var rest = InlineArray<32, UInt8>(repeating: 0)
    private var byteCount = 0

    /// Starts with the checksum of no bytes.
    public init() {}

    /// Appends `bytes`.
    public mutating func update(_ bytes: RawSpan) {
        var offset = 0
        let restCount = byteCount % Self.stripeSize
        byteCount += bytes.byteCount
        if restCount > 0 {
            offset = min(Self.stripeSize - restCount, bytes.byteCount)
            for index in 0..<offset { rest[restCount + index] = bytes.byte(at: index) }
            guard restCount + offset == Self.stripeSize else { return }
            // SAFETY: bytes have no padding.
            _ = Self.mix(&lanes, unsafe rest.span.bytes, from: 0)
        }
        offset = Self.mix(&lanes, bytes, from: offset)
        for index in offset..<bytes.byteCount { rest[index - offset] = bytes.byte(at: index) }
    }

    /// The checksum of the bytes so far.
    public var value: UInt64 {
        var hash = byteCount < Self.stripeSize ? Self.prime5 : Self.joined(lanes)
        hash &+= UInt64(byteCount)
        // SAFETY: bytes have no padding.
        let rest = unsafe rest.span.bytes
        let count = byteCount % Self.stripeSize
        var offset = 0
        while count - offset >= 8 {
            hash ^= Self.round(0, rest.littleEndian64(at: offset))
            hash = Self.rotate(hash, 27) &* Self.prime1 &+ Self.prime4
            offset += 8
        }
        if count - offset >= 4 {
            hash ^= UInt64(rest.bigEndian32(at: offset).byteSwapped) &* Self.prime1
            hash = Self.rotate(hash, 23) &* Self.prime2 &+ Self.prime3
            offset += 4
        }
        for index in offset..<count {
            hash ^= UInt64(rest.byte(at: index)) &* Self.prime5
            hash = Self.rotate(hash, 11) &* Self.prime1
        }
        hash = (hash ^ hash >> 33) &* Self.prime2
        hash = (hash ^ hash >> 29) &* Self.prime3
        return hash ^ hash >> 32
    }

    /// Takes whole stripes, and returns where they end.
    private static func mix(_ lanes: inout Lanes, _ bytes: RawSpan, from start: Int) -> Int {
        var (a, b, c, d) = lanes
        var offset = start
        while bytes.byteCount &- offset >= stripeSize {
            a = round(a, bytes.littleEndian64(at: offset))
            b = round(b, bytes.littleEndian64(at: offset &+ 8))
            c = round(c, bytes.littleEndian64(at: offset &+ 16))
            d = round(d, bytes.littleEndian64(at: offset &+ 24))
            offset &+= stripeSize
        }
        lanes = (a, b, c, d)
        return offset
    }

    private static func joined(_ lanes: Lanes) -> UInt64 {
        let (a, b, c, d) = lanes
        var hash = rotate(a, 1) &+ rotate(b, 7) &+ rotate(c, 12) &+ rotate(d, 18)
        for lane in [a, b, c, d] { hash = (hash ^ round(0, lane)) &* prime1 &+ prime4 }
        return hash
    }

    @inline(__always)
    private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
        rotate(lane &+ word &* prime2, 31) &* prime1
    }

    @inline(__always)
    private static func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 {
        value &<< count | value &>> (64 &- count)
    }
}
