/// SHA-512 (FIPS 180-4, section 6.4).
public struct SHA512: Sendable {
    static let blockSize = 128

    var state: SIMD8<UInt64> = [
        0x6A09_E667_F3BC_C908, 0xBB67_AE85_84CA_A73B, 0x3C6E_F372_FE94_F82B, 0xA54F_F53A_5F1D_36F1,
        0x510E_527F_ADE6_82D1, 0x9B05_688C_2B3E_6C1F, 0x1F83_D9AB_FB41_BD6B, 0x5BE0_CD19_137E_2179,
    ]
    /// The bytes of an unfinished block; `byteCount` says how many there are.
    private var pending = InlineArray<128, UInt8>(repeating: 0)
    private var byteCount: UInt64 = 0

    /// Starts an empty message.
    public init() {}

    /// Appends `bytes` to the message.
    public mutating func update(_ bytes: RawSpan) {
        var bytes = bytes
        let held = Int(byteCount % UInt64(Self.blockSize))
        byteCount += UInt64(bytes.byteCount)
        if held > 0 {
            let count = min(Self.blockSize - held, bytes.byteCount)
            for index in 0..<count { pending[held + index] = bytes.byte(at: index) }
            guard held + count == Self.blockSize else { return }
            compressPending()
            bytes = bytes.extracting(count..<bytes.byteCount)
        }
        let whole = bytes.byteCount / Self.blockSize * Self.blockSize
        compress(bytes.extracting(0..<whole))
        for index in whole..<bytes.byteCount { pending[index - whole] = bytes.byte(at: index) }
    }

    /// The digest of the message so far, 64 bytes. The value may go on being updated.
    public func finalize() -> [UInt8] {
        var message = self
        message.pad()
        return (0..<8).flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: message.state[word] >> UInt64(56 - 8 * $0)) }
        }
    }

    /// Appends one bit, zeros, and the length in bits (section 5.1.2).
    private mutating func pad() {
        let held = Int(byteCount % UInt64(Self.blockSize))
        pending[held] = 0x80
        for index in held + 1..<Self.blockSize { pending[index] = 0 }
        if held >= Self.blockSize - 16 {
            compressPending()
            pending = .init(repeating: 0)
        }
        let bitCount = byteCount << 3
        for index in 0..<8 {
            pending[Self.blockSize - 1 - index] = UInt8(truncatingIfNeeded: bitCount >> UInt64(8 * index))
        }
        compressPending()
    }

    private mutating func compressPending() {
        let block = pending
        // SAFETY: bytes have no padding and any bit pattern is one.
        compress(unsafe block.span.bytes)
    }

    private mutating func compress(_ blocks: RawSpan) {
        Self.compress(blocks, into: &state)
    }
}
