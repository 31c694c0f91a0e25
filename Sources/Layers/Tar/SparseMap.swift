/// Where the data of a sparse file lies: pairs of offset and length, and the file's whole size.
///
/// GNU tar manual, "Storing Sparse Files": the old format keeps four pairs at byte 386 of the header and 21 in each
/// extension block; the pax formats 0.0 and 0.1 have records, 1.0 has lines before the data.
struct SparseMap {
    /// A map of half a million pieces, twice what fits into the largest pax header.
    static let numberLimit = 1 << 20

    var size: Int64?
    var numbers: [Int64] = []
    private(set) var isExtended = false

    init(size: Int64?, numbers: [Int64] = []) {
        self.size = size
        self.numbers = numbers
    }

    /// Reads the map of a GNU header of type `S`.
    init(oldGNU block: [UInt8], atByte byteOffset: Int64) throws(TarError) {
        size = TarNumber.parse(block[483..<495])
        try append(block, from: 386, pairs: 4, extendedFlagAt: 482, atByte: byteOffset)
    }

    /// Reads a block that goes on with it.
    mutating func appendOldGNU(extensionBlock block: [UInt8], atByte byteOffset: Int64) throws(TarError) {
        try append(block, from: 0, pairs: 21, extendedFlagAt: 504, atByte: byteOffset)
    }

    func tooLarge(atByte byteOffset: Int64) -> TarError {
        .invalidSparseMap("more than \(Self.numberLimit / 2) pieces", atByte: byteOffset)
    }

    private mutating func append(
        _ block: [UInt8], from start: Int, pairs: Int, extendedFlagAt flag: Int, atByte byteOffset: Int64
    ) throws(TarError) {
        isExtended = block[flag] != 0
        for pair in 0..<pairs {
            let field = start + 24 * pair
            guard block[field] != 0 || block[field + 12] != 0 else { return }
            guard let offset = TarNumber.parse(block[field..<field + 12]),
                let length = TarNumber.parse(block[field + 12..<field + 24])
            else { throw .invalidSparseMap("a piece is no pair of numbers", atByte: byteOffset) }
            numbers += [offset, length]
        }
    }

    /// The pieces, checked: in order, inside the file, and together as long as the data. Empty ones are dropped.
    func extents(dataSize: Int64, atByte byteOffset: Int64) throws(TarError) -> [TarEntry.Extent] {
        guard let size, size >= 0, numbers.count % 2 == 0 else {
            throw .invalidSparseMap("no size, or an offset without length", atByte: byteOffset)
        }
        guard numbers.count <= Self.numberLimit else { throw tooLarge(atByte: byteOffset) }
        var extents: [TarEntry.Extent] = []
        var end: Int64 = 0
        var total: Int64 = 0
        for index in stride(from: 0, to: numbers.count, by: 2) {
            let (offset, length) = (numbers[index], numbers[index + 1])
            guard offset >= end, length >= 0, offset <= size, length <= size - offset else {
                throw .invalidSparseMap("piece \(offset)+\(length) of a file of \(size) bytes", atByte: byteOffset)
            }
            end = offset + length
            total += length
            if length > 0 { extents.append(.init(offset: offset, length: length)) }
        }
        guard total == dataSize else {
            throw .invalidSparseMap("pieces of \(total) bytes, but \(dataSize) of data", atByte: byteOffset)
        }
        return extents
    }

    /// Reads the lines of format 1.0: a count, then so many pairs.
    struct LineParser {
        private var numbers: [Int64] = []
        private var current: Int64?

        var isComplete: Bool { numbers.first.map { numbers.count - 1 == 2 * $0 } ?? false }
        var pairs: [Int64] { Array(numbers.dropFirst()) }

        /// Reads a block up to the last line; what follows is padding.
        mutating func feed(_ block: [UInt8], atByte byteOffset: Int64) throws(TarError) {
            for byte in block where !isComplete {
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"):
                    let digit = Int64(byte - UInt8(ascii: "0"))
                    guard let value = current.map({ $0 < Int64.max / 10 - 1 ? $0 * 10 + digit : nil }) ?? .some(digit)
                    else {
                        throw .invalidSparseMap("a number over 64 bits", atByte: byteOffset)
                    }
                    current = value
                case UInt8(ascii: "\n"):
                    guard let value = current else { throw .invalidSparseMap("an empty line", atByte: byteOffset) }
                    guard !numbers.isEmpty || value <= SparseMap.numberLimit / 2 else {
                        throw .invalidSparseMap(
                            "\(value) pieces, at most \(SparseMap.numberLimit / 2)", atByte: byteOffset)
                    }
                    numbers.append(value)
                    current = nil
                default: throw .invalidSparseMap("byte \(byte) in a number", atByte: byteOffset)
                }
            }
        }
    }
}
