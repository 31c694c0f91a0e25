/// SHA-256 (FIPS 180-4, section 6.2).
public struct SHA256: Sendable {
    static let blockSize = 64

    var state: SIMD8<UInt32> = [
        0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A,
        0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19,
    ]
    /// The bytes of an unfinished block; `byteCount` says how many there are.
    private var pending = InlineArray<64, UInt8>(repeating: 0)
    private var byteCount: UInt64 = 0

    private let implementation: Implementation

    /// Starts an empty message.
    public init() {
        self.init(.best)
    }

    init(_ implementation: Implementation) {
        self.implementation = implementation
    }

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

    /// The digest of the message so far, 32 bytes. The value may go on being updated.
    public func finalize() -> [UInt8] {
        var message = self
        message.pad()
        return (0..<8).flatMap { word in
            (0..<4).map { UInt8(truncatingIfNeeded: message.state[word] >> UInt32(24 - 8 * $0)) }
        }
    }

    /// Appends one bit, zeros, and the length in bits (section 5.1.1).
    private mutating func pad() {
        let held = Int(byteCount % UInt64(Self.blockSize))
        pending[held] = 0x80
        for index in held + 1..<Self.blockSize { pending[index] = 0 }
        if held >= Self.blockSize - 8 {
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
        switch implementation {
        case .portable: Self.compressPortably(blocks, into: &state)
        #if arch(x86_64)
            case .shaExtensions: Self.compressBySHAExtensions(blocks, into: &state)
        #endif
        }
    }

    /// How blocks are compressed; tests force each.
    enum Implementation {
        case portable
        #if arch(x86_64)
            case shaExtensions
        #endif

        static let best = available[0]

        /// Those that this processor can run, the fastest first.
        static var available: [Implementation] {
            #if arch(x86_64)
                if X86Features.hasSHA { return [.shaExtensions, .portable] }
            #endif
            return [.portable]
        }
    }
}
