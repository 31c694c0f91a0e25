/// A number of bytes as people write it.
public struct ByteCount: Equatable, CustomStringConvertible {
    /// The number.
    public let value: Int64

    /// So many bytes.
    public init(_ value: Int64) {
        self.value = value
    }

    /// Parses `1048576`, `500M` or `20G`; K, M, G and T are powers of 1024. Nil for anything else, or 8 EiB and more.
    public init?(parsing text: String) {
        let shift = ["K": 10, "M": 20, "G": 30, "T": 40][text.suffix(1).uppercased()] ?? 0
        guard let number = Int64(shift == 0 ? text[...] : text.dropLast()), number >= 0 else { return nil }
        let (value, overflow) = number.multipliedReportingOverflow(by: 1 << shift)
        guard !overflow else { return nil }
        self.value = value
    }

    /// `512 B`, `3.4 MB`, `12 GB`, in powers of 1000 as registries show them.
    public var description: String {
        var units = ["kB", "MB", "GB", "TB", "PB", "EB"][...]
        guard value >= 1000 else { return "\(value) B" }
        var tenths = value / 100
        while tenths >= 10_000, units.count > 1 {
            tenths /= 1000
            units.removeFirst()
        }
        return (tenths < 100 ? "\(tenths / 10).\(tenths % 10) " : "\(tenths / 10) ") + units[units.startIndex]
    }
}
