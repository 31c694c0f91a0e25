import Checksums
import Testing

@testable import Layers

@Suite struct GunzipSourceTests {
    @Test func fixturesAreFound() {
        #expect(DeflateFixture.gzip.count > 20)
    }

    @Test(arguments: DeflateFixture.gzip, [1, 7, .max])
    func decompressesOrRefuses(_ fixture: DeflateFixture, chunkSize: Int) throws {
        let source = GunzipSource(BytesInChunks(fixture.compressed, chunkSize: chunkSize))
        guard let expected = fixture.expected else {
            #expect(throws: (any Error).self) { try readAll(source) }
            return
        }
        #expect(try readAll(source) == expected)
        #expect(try readAll(source, bufferSize: 1) == expected)
    }

    struct Refusal: CustomTestStringConvertible {
        let name: String
        let error: any Error
        var testDescription: String { name }

        init(_ name: String, _ error: GzipError) {
            (self.name, self.error) = (name, error)
        }

        init(_ name: String, _ error: InflateError) {
            (self.name, self.error) = (name, error)
        }
    }

    @Test(arguments: [
        Refusal("bad-magic", GzipError.notGzip(found: 0x1F9D, atByte: 0)),
        Refusal("bad-method-7", GzipError.unknownMethod(7, atByte: 2)),
        Refusal("bad-reserved-flag", GzipError.reservedFlags(0x20, atByte: 3)),
        Refusal("bad-header-crc", GzipError.headerChecksumMismatch(found: 0x1525, expected: 0x1526, atByte: 10)),
        Refusal("bad-crc", GzipError.checksumMismatch(found: 0xF21E_5EF7, expected: 0xF21E_5EF8, atByte: 79)),
        Refusal("bad-size", GzipError.sizeMismatch(found: 361, expected: 362, atByte: 83)),
        Refusal("bad-garbage-after", GzipError.trailingGarbage(0x67, atByte: 87)),
        Refusal("bad-garbage-after-zeros", GzipError.trailingGarbage(0x67, atByte: 97)),
        Refusal("bad-member-after-zeros", GzipError.trailingGarbage(0x1F, atByte: 97)),
        Refusal("bad-magic-of-second-member", GzipError.notGzip(found: 0x1F8C, atByte: 87)),
        Refusal("bad-distance-into-first-member", InflateError.distanceTooFar(5, available: 1, atByte: 99)),
    ])
    func saysWhatIsWrongAndWhere(_ refusal: Refusal) throws {
        let fixture = try #require(DeflateFixture.gzip.first { $0.name == refusal.name })
        let error = #expect(throws: (any Error).self) { try readAll(GunzipSource(BytesInChunks(fixture.compressed))) }
        #expect(error.map { "\($0)" } == "\(refusal.error)")
    }

    /// Not those that have a valid cut: between members, or in the zeros.
    @Test(arguments: ["plain", "empty", "name", "all-header-fields", "extra-field-empty"])
    func everyCutIsTruncated(_ name: String) throws {
        let fixture = try #require(DeflateFixture.gzip.first { $0.name == name })
        for length in 0..<fixture.compressed.count {
            let source = GunzipSource(BytesInChunks(Array(fixture.compressed[..<length])))
            let error = #expect(throws: (any Error).self) { try readAll(source) }
            let truncations: [any Error] = [
                GzipError.truncated(atByte: length), InflateError.truncated(atByte: length),
            ]
            #expect(truncations.contains { "\($0)" == error.map { "\($0)" } })
        }
    }

    /// Whatever the stream, it is cut off, or has its error before the cut, or ends there with what is expected so far.
    @Test(arguments: DeflateFixture.gzip)
    func everyCutIsAnErrorOrAnEnd(_ fixture: DeflateFixture) {
        for length in fixture.compressed.indices {
            do {
                let output = try readAll(GunzipSource(BytesInChunks(fixture.compressed[..<length])))
                #expect(fixture.expected?.starts(with: output) ?? true, "cut at \(length)")
            } catch {
                #expect(error is GzipError || error is InflateError, "cut at \(length): \(error)")
            }
        }
    }

    /// A changed byte either throws or does not matter: then it lies in a field that no checksum covers.
    @Test(arguments: DeflateFixture.gzip)
    func everyChangedByteThrowsOrChangesNothing(_ fixture: DeflateFixture) throws {
        for index in fixture.compressed.indices {
            for change: UInt8 in [0x01, 0x10, 0x80, 0xFF] {
                var changed = fixture.compressed
                changed[index] ^= change
                guard let output = try? readAll(GunzipSource(BytesInChunks(changed))) else { continue }
                #expect(output == fixture.expected)
            }
        }
    }

    /// More than the window holds, in stored blocks.
    @Test(arguments: [1000, 65_536, .max])
    func longStreamsSlideThroughTheWindow(chunkSize: Int) throws {
        var deflate: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]
        var expected: [UInt8] = []
        var state: UInt32 = 1
        for block in 0..<6 {
            let bytes = (0..<60_000).map { _ -> UInt8 in
                state = state &* 1_103_515_245 &+ 12345
                return UInt8(truncatingIfNeeded: state >> 16)
            }
            expected += bytes
            deflate += [block == 5 ? 1 : 0, 0x60, 0xEA, 0x9F, 0x15] + bytes
        }
        var checksum = CRC32()
        // SAFETY: bytes have no padding.
        checksum.update(unsafe expected.span.bytes)
        for word in [checksum.value, UInt32(expected.count)] {
            deflate += (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
        #expect(try readAll(GunzipSource(BytesInChunks(deflate, chunkSize: chunkSize))) == expected)
    }

    @Test func longNamesAreRefused() throws {
        let fixture = try #require(DeflateFixture.gzip.first { $0.name == "name" })
        let (header, rest) = (fixture.compressed[..<10], fixture.compressed[10...])
        func named(_ length: Int) -> GunzipSource {
            GunzipSource(BytesInChunks(header + [UInt8](repeating: 0x61, count: length) + rest))
        }
        let longest = GunzipSource.fieldLimit - 1 - "name.tar".utf8.count
        #expect(try readAll(named(longest)) == fixture.expected)
        #expect(throws: GzipError.fieldTooLong(limit: GunzipSource.fieldLimit, atByte: 10)) {
            try readAll(named(longest + 1))
        }
    }
}
