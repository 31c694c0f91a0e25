/// A tar archive of which any byte can be changed, with the header's checksum mended, so that a changed header is read
/// rather than refused.
final class ChangedArchive {
    private static let blockSize = 512
    private static let checksumField = 148..<156

    private(set) var bytes: [UInt8]
    /// The blocks that are headers: their checksum is right.
    private let headers: Set<Int>

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        headers = Set(
            stride(from: 0, through: bytes.count - Self.blockSize, by: Self.blockSize).filter { start in
                let field = bytes[start...].dropFirst(Self.checksumField.lowerBound).prefix(6)
                return Int(String(decoding: field, as: UTF8.self), radix: 8) == Self.checksum(bytes, start)
            })
    }

    /// Shows `body` the archive with another byte at `position`; it is as before afterwards.
    func changed(at position: Int, _ body: ([UInt8]) throws -> Void) rethrows {
        let start = position / Self.blockSize * Self.blockSize
        let field = Self.checksumField.lowerBound + start..<Self.checksumField.upperBound + start
        let mended = field.clamped(to: bytes.indices)
        let (byte, checksum) = (bytes[position], Array(bytes[mended]))
        bytes[position] ^= position % 3 == 0 ? 0x80 : 1 << UInt8(position % 7)
        if headers.contains(start), !field.contains(position) { mend(start, field) }
        defer {
            bytes.replaceSubrange(mended, with: checksum)
            bytes[position] = byte
        }
        try body(bytes)
    }

    private func mend(_ start: Int, _ field: Range<Int>) {
        let digits = String(Self.checksum(bytes, start), radix: 8)
        bytes.replaceSubrange(field, with: (String(repeating: "0", count: 6 - digits.count) + digits + "\u{0} ").utf8)
    }

    /// The sum of a header's bytes, with spaces in the place of the sum.
    private static func checksum(_ bytes: [UInt8], _ start: Int) -> Int {
        var sum = checksumField.count * 0x20
        for index in 0..<blockSize where !checksumField.contains(index) { sum += Int(bytes[start + index]) }
        return sum
    }
}
