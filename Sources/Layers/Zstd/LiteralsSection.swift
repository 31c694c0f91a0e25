/// The literals of a compressed block (RFC 8878, section 3.1.1.3.1), and the Huffman code that the next block may use
/// again.
struct LiteralsSection {
    /// How far behind the literals may be read.
    static let overrun = 16

    private(set) var bytes = [UInt8](repeating: 0, count: ZstdFrameHeader.largestBlock + overrun)
    private(set) var count = 0
    private var table = LiteralsTable()
    private var hasTable = false
    private let implementation: ZstdSource.Implementation

    init(_ implementation: ZstdSource.Implementation) {
        self.implementation = implementation
    }

    /// Begins a new frame.
    mutating func forgetTable() {
        hasTable = false
    }

    /// Reads the section at the front of `block`; it may have `limit` literals.
    ///
    /// The header of one to five bytes begins, at the lowest bit, with the type and a two-bit format that tells the
    /// sizes' widths.
    mutating func read(from block: inout BlockReader, limit: Int) throws(ZstdError) {
        let start = block.byteOffset
        let first = Int(block.peek(1))
        let format = first >> 2 & 0b11
        guard first & 0b10 == 0 else {
            return try readCompressed(from: &block, limit: limit, format: format, isTreeless: first & 1 == 1)
        }
        let (headerSize, shift) = [(1, 3), (2, 4), (1, 3), (3, 4)][format]
        count = try block.number(headerSize, of: .literals) >> shift
        guard count <= limit else { throw .literalsTooLong(count, limit: limit, atByte: start) }
        if first & 1 == 0 {
            let raw = try block.take(count, of: .literals)
            bytes.replaceSubrange(0..<count, with: raw.bytes[raw.range])
        } else {
            let byte = UInt8(try block.number(1, of: .literals))
            for index in 0..<count { bytes[index] = byte }
        }
    }

    private mutating func readCompressed(
        from block: inout BlockReader, limit: Int, format: Int, isTreeless: Bool
    ) throws(ZstdError) {
        let start = block.byteOffset
        let (headerSize, sizeBits) = [(3, 10), (3, 10), (4, 14), (5, 18)][format]
        let header = try block.number(headerSize, of: .literals)
        count = header >> 4 & (1 << sizeBits - 1)
        guard count <= limit else { throw .literalsTooLong(count, limit: limit, atByte: start) }
        var section = try block.take(header >> (4 + sizeBits), of: .literals)
        if isTreeless {
            guard hasTable else { throw .noPreviousTable(.literals, atByte: start) }
        } else {
            table.build(try HuffmanWeights(from: &section))
            hasTable = true
        }
        if format == 0 {
            try decode([BackwardBitReader(section, of: .literals)], segmentSize: count)
        } else {
            try readFourStreams(section)
        }
    }

    /// The sizes of the first three stand in front. Each has a quarter of the literals, rounded up; the last has the rest.
    private mutating func readFourStreams(_ section: consuming BlockReader) throws(ZstdError) {
        let start = section.byteOffset
        let segmentSize = (count + 3) / 4
        guard count >= 3 * segmentSize else { throw .literalsTooShort(count, atByte: start) }
        var sizes = try section.take(6, of: .literals)
        var streams: [BackwardBitReader] = []
        for _ in 0..<3 {
            let size = try sizes.number(2, of: .literals)
            streams.append(try BackwardBitReader(section.take(size, of: .literals), of: .literals))
        }
        streams.append(try BackwardBitReader(section.takeAll(), of: .literals))
        try decode(streams, segmentSize: segmentSize)
    }

    /// Decodes the streams, fast as far as that goes.
    private mutating func decode(_ streams: [BackwardBitReader], segmentSize: Int) throws(ZstdError) {
        var streams = streams
        let done = implementation == .fast ? decodeFast(&streams, segmentSize: segmentSize) : 0
        for (number, stream) in streams.enumerated() {
            let end = min(count, (number + 1) * segmentSize)
            var stream = stream
            for index in number * segmentSize + done..<end {
                let entry = table.entries[stream.peek(LiteralsTable.indexBitCount)]
                stream.bitCount -= Int(entry & 0xFF)
                bytes[index] = UInt8(entry >> 8)
            }
            try stream.expectEnd()
        }
    }

    /// Decodes an equal number of literals from each of four streams, and returns that number.
    private mutating func decodeFast(_ streams: inout [BackwardBitReader], segmentSize: Int) -> Int {
        guard streams.count == 4 else { return 0 }
        let lastSize = count - 3 * segmentSize
        return unsafe streams[0].bytes.withUnsafeBytes { input in
            unsafe table.entries.withUnsafeBufferPointer { table in
                unsafe bytes.withUnsafeMutableBytes { output in
                    unsafe Self.run(&streams, input, table, output, segmentSize: segmentSize, lastSize: lastSize)
                }
            }
        }
    }

    /// SAFETY: the streams lie in `input`, four segments of which the last has `lastSize` bytes in `output`.
    private static func run(
        _ streams: inout [BackwardBitReader], _ input: UnsafeRawBufferPointer, _ table: UnsafeBufferPointer<UInt16>,
        _ output: UnsafeMutableRawBufferPointer, segmentSize: Int, lastSize: Int
    ) -> Int {
        guard let a = unsafe LiteralsFastLoop.Stream(streams[0], in: input),
            let b = unsafe LiteralsFastLoop.Stream(streams[1], in: input),
            let c = unsafe LiteralsFastLoop.Stream(streams[2], in: input),
            let d = unsafe LiteralsFastLoop.Stream(streams[3], in: input),
            let table = table.baseAddress, let output = output.baseAddress
        else { return 0 }
        var loop = unsafe LiteralsFastLoop(
            streams: (a, b, c, d), table: table, output: output, segmentSize: segmentSize)
        let done = loop.run(atMost: lastSize)
        streams[0].bitCount = loop.streams.0.bitCount
        streams[1].bitCount = loop.streams.1.bitCount
        streams[2].bitCount = loop.streams.2.bitCount
        streams[3].bitCount = loop.streams.3.bitCount
        return done
    }
}
