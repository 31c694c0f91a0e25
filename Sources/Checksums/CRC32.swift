/// CRC-32 of gzip (RFC 1952, section 8): polynomial 0xEDB88320, reflected.
public struct CRC32: Sendable {
    /// The checksum of the bytes so far.
    public private(set) var value: UInt32 = 0

    private let implementation: Implementation

    /// Starts with the checksum of no bytes.
    public init() {
        self.init(.best)
    }

    init(_ implementation: Implementation) {
        self.implementation = implementation
    }

    /// Appends `bytes`.
    public mutating func update(_ bytes: RawSpan) {
        switch implementation {
        case .table: value = ~CRC32Table.remainder(~value, appending: bytes)
        #if arch(x86_64)
            case .carrylessMultiply: value = ~CRC32CarrylessMultiply.remainder(~value, appending: bytes)
        #endif
        }
    }

    /// How the division is done; tests force each.
    enum Implementation {
        case table
        #if arch(x86_64)
            case carrylessMultiply
        #endif

        static let best = available[0]

        /// Those that this processor can run, the fastest first.
        static var available: [Implementation] {
            #if arch(x86_64)
                if X86Features.hasCarrylessMultiply { return [.carrylessMultiply, .table] }
            #endif
            return [.table]
        }
    }
}
