import Testing

@testable import Checksums

@Suite struct CRC32Tests {
    @Test(
        arguments: [
            ([], 0),
            (Array("123456789".utf8), 0xCBF4_3926),
            ([UInt8](repeating: 0, count: 32), 0x190A_55AD),
            ([UInt8](repeating: 0xFF, count: 32), 0xFF6C_AB0B),
        ] as [([UInt8], UInt32)])
    func hasTheChecksumOfTheCatalogue(_ message: [UInt8], _ expected: UInt32) {
        for implementation in CRC32.Implementation.available {
            var crc = CRC32(implementation)
            crc.update(message[...])
            #expect(crc.value == expected)
        }
    }

    @Test(arguments: CRC32.Implementation.available)
    func everyLengthAndStartIsThatOfTheBitwiseDivision(_ implementation: CRC32.Implementation) {
        let message = (0..<400).map { UInt8(truncatingIfNeeded: $0 * 37 + 11) }
        for length in 0..<message.count - 16 {
            let start = length % 16
            let piece = message[start..<start + length]
            var crc = CRC32(implementation)
            crc.update(message[start..<start + length])
            #expect(crc.value == bitwise(piece))
        }
    }

    @Test(arguments: [1, 15, 16, 17, 63, 64, 65, 100])
    func piecesMakeTheSameChecksum(pieceSize: Int) {
        let message = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 31 + 5) }
        var crc = CRC32()
        for start in stride(from: 0, to: message.count, by: pieceSize) {
            crc.update(message[start..<min(start + pieceSize, message.count)])
        }
        #expect(crc.value == bitwise(message[...]))
    }

    private func bitwise(_ message: ArraySlice<UInt8>) -> UInt32 {
        var crc: UInt32 = ~0
        for byte in message {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 0 ? crc >> 1 : crc >> 1 ^ 0xEDB8_8320 }
        }
        return ~crc
    }
}
