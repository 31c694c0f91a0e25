import Foundation
import TestSupport
import Testing

@testable import Layers

/// What the command `zstd` compresses, at its levels and with its oddities, is what it was before.
@Suite(.enabled(if: Program.exists("zstd"), "needs zstd"))
struct ZstdCommandTests {
    @Test(arguments: [
        ["--fast=50"], ["-1"], ["-3"], ["-7"], ["-12"], ["-16"], ["-19"], ["--ultra", "-22", "--long=27"], ["-B500"],
        ["--zstd=wlog=10"], ["-9", "--zstd=wlog=12"], ["-3", "--zstd=wlog=17", "--no-check"], ["-19", "--zstd=mml=3"],
        ["--zstd=strategy=1,targetLength=1000"], ["-5", "--no-content-size", "-T2"], ["-3", "--rsyncable"],
        ["-3", "--no-compress-literals"], ["--fast=3", "--compress-literals"],
    ])
    func decompresses(_ options: [String]) throws {
        let folder = try TemporaryFolder()
        let content = Self.content
        try Data(content).write(to: URL(filePath: folder("content")))
        let result = try Program(["zstd", "-q", folder("content")] + options).run()
        try #require(result.status == 0, "\(result)")
        let compressed = try [UInt8](Data(contentsOf: URL(filePath: folder("content.zst"))))
        #expect(try unzstd(compressed, bufferSize: 512 << 10) == content)
        #expect(try unzstd(compressed, chunkSize: 5000, bufferSize: 512 << 10, by: .plain) == content)
    }

    /// Words, noise, runs, numbers that count, and copies from near and far with a change in them.
    private static let content: [UInt8] = {
        var dice = Dice()
        var bytes: [UInt8] = []
        let words = (0..<500).map { _ in dice.bytes(count: 1...9, in: 97...122) + [32] }
        while bytes.count < 700_000 {
            switch dice.number(in: 0...8) {
            case 0...2:
                for _ in 0..<300 { bytes += words[dice.number(in: 0...499) * dice.number(in: 0...499) / 500] }
            case 3: bytes += dice.bytes(count: 1...3000, in: 0...255)
            case 4:
                let byte = UInt8(dice.number(in: 0...255))
                bytes += [UInt8](repeating: byte, count: dice.number(in: 1...20_000))
            case 5:
                for number in 0..<UInt32(dice.number(in: 1...1000)) {
                    bytes += (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
                }
            default:
                guard bytes.count > 10 else { break }
                let distance = dice.number(in: 1...min(bytes.count, dice.number(in: 0...1) == 0 ? 300 : .max))
                let length = dice.number(in: 3...5000)
                for _ in 0..<length { bytes.append(bytes[bytes.count - distance]) }
                bytes[bytes.count - length / 2 - 1] ^= 1
            }
        }
        return bytes
    }()

    /// Always the same throws.
    private struct Dice {
        private var state: UInt64 = 8878

        mutating func number(in range: ClosedRange<Int>) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return range.lowerBound + Int(state >> 33) % range.count
        }

        mutating func bytes(count: ClosedRange<Int>, in range: ClosedRange<Int>) -> [UInt8] {
            (0..<number(in: count)).map { _ in UInt8(number(in: range)) }
        }
    }
}
