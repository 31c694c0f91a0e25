extension Inflate {
    /// The tables of a block's two codes.
    struct Tables {
        private(set) var literalLength = HuffmanTable(
            indexBitCount: InflateFastLoop.literalLengthBitCount, entryCount: InflateFastLoop.literalLengthEntryCount)
        private(set) var distance = HuffmanTable(
            indexBitCount: InflateFastLoop.distanceBitCount, entryCount: InflateFastLoop.distanceEntryCount)

        static let fixed = {
            var tables = Tables()
            tables.build(.fixed)
            return tables
        }()

        mutating func build(_ lengths: CodeLengths) {
            literalLength.build(lengths.literalLength, alphabet: .literalLength)
            let literals = lengths.literalLength[..<CodeLengths.endOfBlock]
            literalLength.joinLiterals(shortest: Int(literals.lazy.filter { $0 > 0 }.min() ?? 0))
            distance.build(lengths.distance, alphabet: .distance)
        }
    }

    /// Decodes symbols with `InflateFastLoop`, as far as it goes, and returns whether the block ended.
    func decodeFast(_ input: inout BitReader, into window: inout InflateWindow) -> Bool {
        guard input.end - input.next >= InflateFastLoop.inputMargin, !window.isFull else { return false }
        let (reader, end, start) = (input, window.end, window.start)
        let result = unsafe reader.bytes.withUnsafeBytes { inputBytes in
            unsafe window.bytes.withUnsafeMutableBytes { windowBytes in
                unsafe tables.literalLength.entries.withUnsafeBufferPointer { literalLengths in
                    unsafe tables.distance.entries.withUnsafeBufferPointer { distances in
                        unsafe Self.run(reader, inputBytes, end, start, windowBytes, literalLengths, distances)
                    }
                }
            }
        }
        (input.next, input.bitBuffer, input.bitCount) = (result.next, result.bitBuffer, result.bitCount)
        window.end = result.windowEnd
        return result.isBlockEnd
    }

    /// SAFETY: the limits are those of `InflateFastLoop`'s invariants 1 and 2, the tables those that `build` made.
    private static func run(
        _ reader: BitReader, _ input: UnsafeRawBufferPointer, _ windowEnd: Int, _ windowStart: Int,
        _ window: UnsafeMutableRawBufferPointer, _ literalLengths: UnsafeBufferPointer<UInt32>,
        _ distances: UnsafeBufferPointer<UInt32>
    ) -> (isBlockEnd: Bool, next: Int, bitBuffer: UInt64, bitCount: Int, windowEnd: Int) {
        guard let inputStart = input.baseAddress, let windowBase = window.baseAddress,
            let literalLengths = literalLengths.baseAddress, let distances = distances.baseAddress
        else { return (false, reader.next, reader.bitBuffer, reader.bitCount, windowEnd) }
        var loop = unsafe InflateFastLoop(
            next: inputStart + reader.next, inputLimit: inputStart + reader.end - InflateFastLoop.inputMargin,
            bitBuffer: reader.bitBuffer, bitCount: UInt64(reader.bitCount),
            out: windowBase + windowEnd, outputStart: windowBase + windowStart,
            outputLimit: windowBase + InflateWindow.capacity, literalLengths: literalLengths, distances: distances)
        let isBlockEnd = loop.run()
        return unsafe (
            isBlockEnd, loop.next - inputStart, loop.bitBuffer, Int(loop.bitCount), loop.out - windowBase
        )
    }
}
