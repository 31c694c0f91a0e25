import Testing

@testable import Layers

@Suite struct InflateTests {
    @Test func fixturesAreFound() {
        #expect(DeflateFixture.deflate.count > 30)
    }

    @Test(arguments: DeflateFixture.deflate, [Inflate.Implementation.fast, .plain])
    func decodesOrRefuses(_ fixture: DeflateFixture, by implementation: Inflate.Implementation) throws {
        for chunkSize in [1, 7, .max] {
            guard let expected = fixture.expected else {
                #expect(throws: InflateError.self) {
                    try inflated(fixture.compressed, chunkSize: chunkSize, by: implementation)
                }
                continue
            }
            #expect(try inflated(fixture.compressed, chunkSize: chunkSize, by: implementation) == expected)
        }
    }

    struct Refusal: CustomTestStringConvertible {
        let name: String
        let error: InflateError
        var testDescription: String { name }

        init(_ name: String, _ error: InflateError) {
            (self.name, self.error) = (name, error)
        }
    }

    @Test(arguments: [
        Refusal("bad-block-type-3", .reservedBlockType(atByte: 0)),
        Refusal("bad-stored-complement", .storedLengthMismatch(length: 3, complement: 0, atByte: 1)),
        Refusal("bad-287-literal-length-codes", .tooManyCodes(literalLength: 287, distance: 1, atByte: 0)),
        Refusal("bad-31-distance-codes", .tooManyCodes(literalLength: 257, distance: 31, atByte: 0)),
        Refusal("bad-code-length-code-over-subscribed", .invalidCode(.codeLength, .overSubscribed, atByte: 0)),
        Refusal("bad-code-length-code-incomplete", .invalidCode(.codeLength, .incomplete, atByte: 0)),
        Refusal("bad-code-length-code-single", .invalidCode(.codeLength, .incomplete, atByte: 0)),
        Refusal("bad-literal-code-over-subscribed", .invalidCode(.literalLength, .overSubscribed, atByte: 0)),
        Refusal("bad-literal-code-incomplete", .invalidCode(.literalLength, .incomplete, atByte: 0)),
        Refusal("bad-literal-code-single-of-two-bits", .invalidCode(.literalLength, .incomplete, atByte: 0)),
        Refusal("bad-distance-code-over-subscribed", .invalidCode(.distance, .overSubscribed, atByte: 0)),
        Refusal("bad-distance-code-incomplete", .invalidCode(.distance, .incomplete, atByte: 0)),
        Refusal("bad-distance-code-single-of-two-bits", .invalidCode(.distance, .incomplete, atByte: 0)),
        Refusal("bad-repeat-without-length", .repeatWithoutLength(atByte: 9)),
        Refusal("bad-repeat-past-end", .repeatTooLong(count: 138, room: 120, atByte: 10)),
        Refusal("bad-no-end-of-block", .noEndOfBlock(atByte: 0)),
        Refusal("bad-literal-length-286", .invalidSymbol(.literalLength, atByte: 0)),
        Refusal("bad-distance-30", .invalidSymbol(.distance, atByte: 2)),
        Refusal("bad-distance-before-start", .distanceTooFar(2, available: 1, atByte: 2)),
        Refusal("bad-unused-bit-of-single-distance-code", .invalidSymbol(.distance, atByte: 140)),
        Refusal("bad-unused-bit-of-single-literal-code", .invalidSymbol(.literalLength, atByte: 138)),
        Refusal("bad-match-without-distance-codes", .invalidSymbol(.distance, atByte: 139)),
    ])
    func saysWhatIsWrongAndWhere(_ refusal: Refusal) throws {
        let fixture = try #require(DeflateFixture.deflate.first { $0.name == refusal.name })
        #expect(throws: refusal.error) { try inflated(fixture.compressed, by: .plain) }
        #expect(throws: refusal.error) { try inflated(fixture.compressed) }
        // With more input behind it, it is the fast loop that meets the error.
        #expect(throws: refusal.error) { try inflated(fixture.compressed + [UInt8](repeating: 0, count: 64)) }
    }

    @Test(arguments: DeflateFixture.deflate.filter { $0.expected != nil })
    func everyCutIsTruncated(_ fixture: DeflateFixture) {
        for length in 0..<fixture.compressed.count {
            #expect(throws: InflateError.truncated(atByte: length)) {
                try inflated(Array(fixture.compressed[..<length]))
            }
        }
    }

    @Test(arguments: DeflateFixture.deflate.filter { $0.expected == nil })
    func everyCutOfWhatIsBadIsBad(_ fixture: DeflateFixture) {
        for length in 0..<fixture.compressed.count {
            #expect(throws: InflateError.self) { try inflated(Array(fixture.compressed[..<length])) }
        }
    }

    /// Both loops give the same bytes or the same error, whatever byte is changed to whatever else.
    @Test(arguments: DeflateFixture.deflate)
    func bothLoopsAgreeOnChangedBytes(_ fixture: DeflateFixture) {
        let padded = fixture.compressed + [UInt8](repeating: 0x55, count: 40)
        for index in fixture.compressed.indices {
            for change: UInt8 in [0x01, 0x10, 0x80, 0xFF] {
                var changed = padded
                changed[index] ^= change
                #expect(outcome(changed, by: .fast) == outcome(changed, by: .plain))
            }
        }
    }

    private func outcome(_ bytes: [UInt8], by implementation: Inflate.Implementation) -> Result<[UInt8], InflateError> {
        Result { () throws(InflateError) in
            do {
                return try inflated(bytes, by: implementation)
            } catch let error as InflateError {
                throw error
            } catch {
                Issue.record(error)
                return []
            }
        }
    }

    /// A fixed block of a letter and 4000 matches of 258 bytes, in bits as they are sent: more than the window holds.
    @Test(arguments: [Inflate.Implementation.fast, .plain], [1, .max])
    func outputOverflowsTheWindow(_ implementation: Inflate.Implementation, chunkSize: Int) throws {
        let letter = [1, 0, 0, 1, 0, 0, 0, 1]
        let match = [1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0]
        let bits = [1, 1, 0] + letter + repeatElement(match, count: 4000).joined() + [0, 0, 0, 0, 0, 0, 0]
        let compressed = stride(from: 0, to: bits.count, by: 8).map { start in
            bits[start..<min(start + 8, bits.count)].reversed().reduce(UInt8(0)) { $0 << 1 | UInt8($1) }
        }
        let output = try inflated(compressed, chunkSize: chunkSize, by: implementation)
        #expect(output == [UInt8](repeating: 0x61, count: 1 + 4000 * 258))
    }

    @Test func lengthsAndDistancesAreThoseOfTheTable() {
        #expect(
            (257...285).map { MatchSymbols.length($0).base } == [
                3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
                227, 258,
            ])
        #expect(
            (0...29).map { MatchSymbols.distance($0).base } == [
                1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073,
                4097, 6145, 8193, 12289, 16385, 24577,
            ])
    }
}
