import Testing

@testable import Checksums

@Suite struct XXH64Tests {
    @Test(
        arguments: [
            ([], 0xEF46_DB37_51D8_E999),
            (Array("abc".utf8), 0x44BC_2CF5_AD77_0999),
            (Array("Nobody inspects the spammish repetition".utf8), 0xFBCE_A83C_8A37_8BF1),
            (message(1), 0xE934_A84A_DB05_2768),
            (message(4), 0xAE5A_CDC0_0A55_AC41),
            (message(8), 0x8711_6B33_65B9_24EB),
            (message(31), 0x0F18_7C62_B1E7_22B7),
            (message(32), 0x91B0_CB09_31A8_C629),
            (message(33), 0x931B_043C_F8D6_5B94),
            (message(100), 0x8E22_72C0_8247_D5DB),
            (message(1000), 0x2527_5608_A9CF_C168),
        ] as [([UInt8], UInt64)])
    func hasTheChecksum(_ message: [UInt8], _ expected: UInt64) {
        for pieceSize in [1, 3, 8, 31, 32, 33, 64, 1000] {
            var checksum = XXH64()
            for start in stride(from: 0, to: message.count, by: pieceSize) {
                checksum.update(message[start..<min(start + pieceSize, message.count)])
            }
            #expect(checksum.value == expected)
        }
    }

    private static func message(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7) } }
}
