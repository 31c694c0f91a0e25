import Testing

@testable import Layers

@Suite struct ZstdSourceTests {
    @Test func fixturesAreFound() {
        #expect(ZstdFixture.good.count > 35)
        #expect(Set(ZstdFixture.all.filter { !$0.isGood }.map(\.name)) == Set(Self.refusals.map(\.name)))
    }

    @Test(arguments: ZstdFixture.good, [ZstdSource.Implementation.fast, .plain])
    func decompresses(_ fixture: ZstdFixture, by implementation: ZstdSource.Implementation) throws {
        for chunkSize in [1, 7, 1000, .max] {
            #expect(fixture.isExpected(try unzstd(fixture.compressed, chunkSize: chunkSize, by: implementation)))
        }
        for bufferSize in [1, 100, 1 << 20] {
            #expect(fixture.isExpected(try unzstd(fixture.compressed, bufferSize: bufferSize, by: implementation)))
        }
    }

    struct Refusal: CustomTestStringConvertible {
        let name: String
        let error: ZstdError
        var testDescription: String { name }

        init(_ name: String, _ error: ZstdError) {
            (self.name, self.error) = (name, error)
        }
    }

    static let refusals = [
        Refusal("bad-37-literals-lengths", .tooManySymbols(.literalsLength, limit: 36, atByte: 28)),
        Refusal("bad-accuracy-10", .accuracyTooHigh(.literalsLength, 10, limit: 9, atByte: 28)),
        Refusal("bad-block-becomes-too-long", .sequenceTooLong(31, limit: 23, atByte: 28)),
        Refusal("bad-block-empty", .blockEndsEarly(.literals, atByte: 9)),
        Refusal("bad-block-type-3", .reservedBlockType(atByte: 6)),
        Refusal("bad-bytes-after-no-sequences", .bytesAfterBlock(1, atByte: 27)),
        Refusal(
            "bad-checksum-of-second-frame", .checksumMismatch(found: 0x6C39_39E6, expected: 0x6C39_39E7, atByte: 744)),
        Refusal("bad-checksum", .checksumMismatch(found: 0x6C39_39E6, expected: 0x6C39_39E7, atByte: 370)),
        Refusal("bad-compressed-literals-over-block", .literalsTooLong(1025, limit: 1024, atByte: 9)),
        Refusal(
            "bad-content-size-8-EiB", .contentSizeMismatch(found: 361, expected: 9_223_372_036_854_775_807, atByte: 378)
        ),
        Refusal("bad-content-size-too-large", .contentSizeMismatch(found: 361, expected: 362, atByte: 374)),
        Refusal("bad-content-size-too-small", .contentSizeMismatch(found: 361, expected: 360, atByte: 374)),
        Refusal("bad-dictionary", .dictionaryNeeded(1234, atByte: 6)),
        Refusal("bad-distribution-cut", .blockEndsEarly(.sequences, atByte: 29)),
        Refusal("bad-first-repeat-offset-before-start", .offsetTooFar(4, available: 0, atByte: 28)),
        Refusal("bad-first-states-cut", .bitStreamMismatch(.sequences, bitsLeft: -11, atByte: 28)),
        Refusal("bad-four-streams-of-five-literals", .literalsTooShort(5, atByte: 63)),
        Refusal("bad-garbage-after", .notZstd(found: 0x6272_6167, atByte: 370)),
        Refusal("bad-literals-cut", .blockEndsEarly(.literals, atByte: 100)),
        Refusal("bad-literals-header-cut", .blockEndsEarly(.literals, atByte: 11)),
        Refusal("bad-literals-length-36", .tooManySymbols(.literalsLength, limit: 36, atByte: 28)),
        Refusal("bad-literals-over-block", .literalsTooLong(1025, limit: 1024, atByte: 9)),
        Refusal("bad-magic", .notZstd(found: 0xFD2F_B529, atByte: 0)),
        Refusal("bad-match-length-53", .tooManySymbols(.matchLength, limit: 53, atByte: 30)),
        Refusal("bad-no-sequences-section", .blockEndsEarly(.sequences, atByte: 101)),
        Refusal("bad-offset-2-GiB", .offsetTooFar(2_147_483_650, available: 1, atByte: 34)),
        Refusal("bad-offset-accuracy-9", .accuracyTooHigh(.offset, 9, limit: 8, atByte: 28)),
        Refusal("bad-offset-before-start-of-second-frame", .offsetTooFar(6, available: 5, atByte: 398)),
        Refusal("bad-offset-before-start", .offsetTooFar(6, available: 5, atByte: 28)),
        Refusal("bad-offset-code-32", .tooManySymbols(.offset, limit: 32, atByte: 29)),
        Refusal("bad-offset-over-window", .offsetTooFar(1025, available: 1024, atByte: 1135)),
        Refusal("bad-raw-block-over-window", .blockTooLarge(1025, limit: 1024, atByte: 6)),
        Refusal("bad-raw-literals-cut", .blockEndsEarly(.literals, atByte: 371)),
        Refusal("bad-reserved-frame-bit", .reservedFrameBit(atByte: 4)),
        Refusal("bad-reserved-modes", .reservedModes(1, atByte: 27)),
        Refusal("bad-rest-of-literals-too-long", .blockTooLarge(1030, limit: 1024, atByte: 1013)),
        Refusal("bad-rle-block-over-window", .blockTooLarge(1025, limit: 1024, atByte: 6)),
        Refusal("bad-segment-129-MiB", .windowTooLarge(135_266_304, limit: 134_217_728, atByte: 4)),
        Refusal("bad-sequences-bits-left", .bitStreamMismatch(.sequences, bitsLeft: 17, atByte: 30)),
        Refusal("bad-sequences-header-cut", .blockEndsEarly(.sequences, atByte: 28)),
        Refusal("bad-sequences-stream-too-short", .bitStreamMismatch(.sequences, bitsLeft: -15, atByte: 28)),
        Refusal("bad-sequences-without-final-bit", .noFinalBit(.sequences, atByte: 42)),
        Refusal("bad-sequences-without-stream", .noFinalBit(.sequences, atByte: 28)),
        Refusal("bad-stream-bits-left", .bitStreamMismatch(.literals, bitsLeft: 1, atByte: 63)),
        Refusal("bad-stream-empty", .noFinalBit(.literals, atByte: 69)),
        Refusal("bad-stream-sizes-too-large", .blockEndsEarly(.literals, atByte: 101)),
        Refusal("bad-stream-too-short", .bitStreamMismatch(.literals, bitsLeft: -3, atByte: 63)),
        Refusal("bad-stream-without-final-bit", .noFinalBit(.literals, atByte: 101)),
        Refusal("bad-tables-repeated-first", .noPreviousTable(.literalsLength, atByte: 28)),
        Refusal("bad-tables-repeated-in-second-frame", .noPreviousTable(.literalsLength, atByte: 59)),
        Refusal("bad-too-few-literals", .tooFewLiterals(7, available: 6, atByte: 28)),
        Refusal("bad-treeless-first", .noPreviousTable(.literals, atByte: 9)),
        Refusal("bad-treeless-in-second-frame", .noPreviousTable(.literals, atByte: 111)),
        Refusal("bad-weights-accuracy-7", .accuracyTooHigh(.weights, 7, limit: 6, atByte: 13)),
        Refusal("bad-weights-all-zero", .invalidWeights(atByte: 12)),
        Refusal("bad-weights-cut", .blockEndsEarly(.weights, atByte: 21)),
        Refusal("bad-weights-leave-no-power-of-two", .invalidWeights(atByte: 12)),
        Refusal("bad-weights-of-12-bits", .invalidWeights(atByte: 12)),
        Refusal("bad-weights-stream-too-short", .bitStreamMismatch(.weights, bitsLeft: -5, atByte: 15)),
        Refusal("bad-weights-too-many-symbols", .tooManySymbols(.weights, limit: 12, atByte: 13)),
        Refusal("bad-weights-without-1", .invalidWeights(atByte: 12)),
        Refusal("bad-weights-without-end", .tooManySymbols(.literals, limit: 256, atByte: 13)),
        Refusal("bad-window-144-MiB", .windowTooLarge(150_994_944, limit: 134_217_728, atByte: 4)),
        Refusal("bad-window-3.75-TiB", .windowTooLarge(4_123_168_604_160, limit: 134_217_728, atByte: 4)),
        Refusal("bad-zero-offset-among-many", .zeroOffset(atByte: 462)),
        Refusal("bad-zero-offset", .zeroOffset(atByte: 392)),
        Refusal("bad-zeros-after", .notZstd(found: 0, atByte: 370)),
        Refusal("bad-zeros-over-53-match-lengths", .tooManySymbols(.matchLength, limit: 53, atByte: 28)),
    ]

    @Test(arguments: refusals)
    func saysWhatIsWrongAndWhere(_ refusal: Refusal) throws {
        let fixture = try #require(ZstdFixture.all.first { $0.name == refusal.name })
        for chunkSize in [1, .max] {
            #expect(throws: refusal.error) { try unzstd(fixture.compressed, chunkSize: chunkSize) }
            #expect(throws: refusal.error) { try unzstd(fixture.compressed, chunkSize: chunkSize, by: .plain) }
        }
    }

    @Test(arguments: ZstdFixture.good.filter { !$0.hasSeveralFrames })
    func everyCutIsTruncated(_ fixture: ZstdFixture) {
        for length in fixture.compressed.indices {
            let error = error(in: fixture.compressed[..<length])
            if error != .truncated(atByte: length) { Issue.record("cut at \(length): \(String(describing: error))") }
        }
    }

    /// What is bad meets its error or the cut, whichever comes first; frames may end at the cut.
    @Test(arguments: ZstdFixture.all.filter { !$0.isGood || $0.hasSeveralFrames })
    func everyCutIsTruncatedOrAsBadOrAnEnd(_ fixture: ZstdFixture) {
        let whole = error(in: fixture.compressed[...])
        var ends = 0
        for length in fixture.compressed.indices {
            let error = error(in: fixture.compressed[..<length])
            if error == nil {
                ends += 1
            } else if error != .truncated(atByte: length), error != whole {
                Issue.record("cut at \(length): \(String(describing: error))")
            }
        }
        #expect(ends < 5)
    }

    /// With and without the fast loops the bytes are the same, or the error, whatever byte is changed.
    @Test(arguments: ZstdFixture.all)
    func bothWaysAgreeOnChangedBytes(_ fixture: ZstdFixture) {
        var changed = fixture.compressed
        for index in changed.indices {
            let changes: [UInt8] = changed.count < 1000 ? [0x01, 0x10, 0x80] : [1 << UInt8(index % 8)]
            for change in changes {
                changed[index] ^= change
                if !bothWaysAgree(on: changed[...]) { Issue.record("byte \(index) changed by \(change)") }
                changed[index] ^= change
            }
        }
    }

    private func error(in bytes: ArraySlice<UInt8>) -> ZstdError? {
        switch outcome(try readAll(ZstdSource(BytesInChunks(bytes)))) {
        case .success: nil
        case .failure(let error): error
        }
    }

    /// Chunk by chunk, for the many outputs together are large.
    private func bothWaysAgree(on bytes: ArraySlice<UInt8>) -> Bool {
        var fast = ChunkReader(ZstdSource(BytesInChunks(bytes), by: .fast))
        var plain = ChunkReader(ZstdSource(BytesInChunks(bytes), by: .plain))
        while true {
            switch (outcome(try fast.next()), outcome(try plain.next())) {
            case (.success(let count), .success(let other)):
                guard count == other, fast.chunkIsEqual(to: plain, count) else { return false }
                if count == 0 { return true }
            case (.failure(let error), .failure(let other)): return error == other
            default: return false
            }
        }
    }

    private func outcome<Value>(_ body: @autoclosure () throws -> Value) -> Result<Value, ZstdError> {
        Result { () throws(ZstdError) in
            do {
                return try body()
            } catch let error as ZstdError {
                throw error
            } catch {
                preconditionFailure("a foreign error: \(error)")
            }
        }
    }

    @Test func theWindowGrowsWithWhatComes() {
        var window = ZstdWindow()
        window.begin(size: 128 << 20)
        window.makeRoom(for: ZstdFrameHeader.largestBlock)
        #expect(window.bytes.count < 500_000)
        window = ZstdWindow()
        window.begin(size: 1024)
        for _ in 0..<2000 {
            window.makeRoom(for: 1024)
            window.append(1, count: 1024)
            taken(&window)
        }
        #expect(window.bytes.count < 300_000 && window.historyCount == 1024)
    }

    private func taken(_ window: inout ZstdWindow) {
        var buffer = [UInt8](repeating: 0, count: 1024)
        var span = buffer.mutableSpan
        // SAFETY: bytes have no padding, and any bit pattern is one.
        var bytes = unsafe span.mutableBytes
        #expect(window.take(into: &bytes) == 1024)
    }

    @Test func lengthsAreThoseOfTheTables() {
        func values(_ code: FSETable.Code) -> [Int] { code.meanings.map { FSETable.value($0) } }
        #expect(
            values(SequenceCodes.literalsLength) == Array(0...15) + [
                16, 18, 20, 22, 24, 28, 32, 40, 48, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536,
            ])
        #expect(
            values(SequenceCodes.matchLength) == Array(3...34) + [
                35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1027, 2051, 4099, 8195, 16387, 32771, 65539,
            ])
    }
}
