extension SequencesSection {
    /// Executes sequences with `SequencesFastLoop`, as far as it goes.
    func runFast(
        _ progress: inout SequencesProgress, _ bits: inout BackwardBitReader, _ literals: LiteralsSection,
        into window: inout ZstdWindow, outputLimit: Int
    ) {
        let (start, size, previousEnd, end) = (bits.start, window.size, window.previousEnd, window.end)
        progress.bitCount = bits.bitCount
        let newEnd = unsafe bits.bytes.withUnsafeBytes { input in
            unsafe literals.bytes.withUnsafeBytes { literalBytes in
                unsafe window.bytes.withUnsafeMutableBytes { windowBytes in
                    unsafe literalsLengths.entries.withUnsafeBufferPointer { literalsLengths in
                        unsafe offsets.entries.withUnsafeBufferPointer { offsets in
                            unsafe matchLengths.entries.withUnsafeBufferPointer { matchLengths in
                                // SAFETY: the limits are those of the loop's invariants 1 to 3, the tables those that
                                // `build` made.
                                guard let input = input.baseAddress, let literalsStart = literalBytes.baseAddress,
                                    let windowStart = windowBytes.baseAddress,
                                    let literalsLengths = literalsLengths.baseAddress,
                                    let offsets = offsets.baseAddress, let matchLengths = matchLengths.baseAddress
                                else { return end }
                                var loop = unsafe SequencesFastLoop(
                                    stream: input + start, literals: literalsStart,
                                    literalsEnd: literalsStart + literals.count, windowStart: windowStart,
                                    outputLimit: windowStart + outputLimit, windowSize: size,
                                    previousEnd: previousEnd, literalsLengths: literalsLengths, offsets: offsets,
                                    matchLengths: matchLengths, progress: progress, out: windowStart + end)
                                loop.run()
                                progress = loop.progress
                                return unsafe loop.out - windowStart
                            }
                        }
                    }
                }
            }
        }
        window.end = newEnd
        bits.bitCount = progress.bitCount
    }
}
