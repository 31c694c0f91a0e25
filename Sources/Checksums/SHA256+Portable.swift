extension SHA256 {
    /// Runs the compression function over whole blocks.
    static func compressPortably(_ blocks: RawSpan, into state: inout SIMD8<UInt32>) {
        let constants = roundConstants.span
        var offset = 0
        while offset &+ blockSize <= blocks.byteCount {
            var schedule = Schedule(repeating: 0)
            for index in 0..<16 { schedule[index] = blocks.bigEndian32(at: offset &+ 4 &* index) }
            var working = Working(state)
            eightRounds(&working, schedule, 0, constants, 0)
            eightRounds(&working, schedule, 8, constants, 0)
            for first in stride(from: 16, to: 64, by: 16) {
                extend(&schedule, 0)
                eightRounds(&working, schedule, 0, constants, first)
                extend(&schedule, 8)
                eightRounds(&working, schedule, 8, constants, first)
            }
            state &+= [
                working.a, working.b, working.c, working.d, working.e, working.f, working.g, working.h,
            ]
            offset &+= blockSize
        }
    }

    /// The last sixteen words of the message schedule; word t stands at t modulo 16.
    private typealias Schedule = InlineArray<16, UInt32>

    /// The eight working variables.
    private struct Working {
        var a, b, c, d, e, f, g, h: UInt32
        var bc: UInt32

        init(_ state: SIMD8<UInt32>) {
            (a, b, c, d) = (state[0], state[1], state[2], state[3])
            (e, f, g, h) = (state[4], state[5], state[6], state[7])
            bc = b ^ c
        }
    }

    /// Eight rounds in a row, so that the working variables change their names instead of their places.
    @inline(__always)
    private static func eightRounds(
        _ v: inout Working, _ schedule: Schedule, _ index: Int, _ constants: Span<UInt32>, _ first: Int
    ) {
        let t = first &+ index
        round(v.a, v.b, &v.d, v.e, v.f, v.g, &v.h, &v.bc, constants[t] &+ schedule[index])
        round(v.h, v.a, &v.c, v.d, v.e, v.f, &v.g, &v.bc, constants[t &+ 1] &+ schedule[index &+ 1])
        round(v.g, v.h, &v.b, v.c, v.d, v.e, &v.f, &v.bc, constants[t &+ 2] &+ schedule[index &+ 2])
        round(v.f, v.g, &v.a, v.b, v.c, v.d, &v.e, &v.bc, constants[t &+ 3] &+ schedule[index &+ 3])
        round(v.e, v.f, &v.h, v.a, v.b, v.c, &v.d, &v.bc, constants[t &+ 4] &+ schedule[index &+ 4])
        round(v.d, v.e, &v.g, v.h, v.a, v.b, &v.c, &v.bc, constants[t &+ 5] &+ schedule[index &+ 5])
        round(v.c, v.d, &v.f, v.g, v.h, v.a, &v.b, &v.bc, constants[t &+ 6] &+ schedule[index &+ 6])
        round(v.b, v.c, &v.e, v.f, v.g, v.h, &v.a, &v.bc, constants[t &+ 7] &+ schedule[index &+ 7])
    }

    /// The next eight words, each in the place of the word sixteen before it.
    @inline(__always)
    private static func extend(_ schedule: inout Schedule, _ first: Int) {
        extend(&schedule, at: first)
        extend(&schedule, at: first &+ 1)
        extend(&schedule, at: first &+ 2)
        extend(&schedule, at: first &+ 3)
        extend(&schedule, at: first &+ 4)
        extend(&schedule, at: first &+ 5)
        extend(&schedule, at: first &+ 6)
        extend(&schedule, at: first &+ 7)
    }

    @inline(__always)
    private static func extend(_ schedule: inout Schedule, at index: Int) {
        schedule[index] &+=
            sigma0(schedule[(index &+ 1) & 15]) &+ schedule[(index &+ 9) & 15] &+ sigma1(schedule[(index &+ 14) & 15])
    }

    @inline(__always)
    private static func sigma0(_ word: UInt32) -> UInt32 { rotated(word, 7) ^ rotated(word, 18) ^ word &>> 3 }

    @inline(__always)
    private static func sigma1(_ word: UInt32) -> UInt32 { rotated(word, 17) ^ rotated(word, 19) ^ word &>> 10 }

    /// `sum`: the round's constant and word. `bc`: b ^ c, which the round before had as a ^ b. The sums Σ0 and Σ1 are nested
    /// rotations, which take fewer moves on a processor that rotates in place.
    @inline(__always)
    private static func round(
        _ a: UInt32, _ b: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32, _ g: UInt32, _ h: inout UInt32,
        _ bc: inout UInt32, _ sum: UInt32
    ) {
        let sum1 = rotated(rotated(rotated(e, 14) ^ e, 5) ^ e, 6)
        let sum0 = rotated(rotated(rotated(a, 9) ^ a, 11) ^ a, 2)
        let choice = g ^ (e & (f ^ g))
        let ab = a ^ b
        let majority = b ^ (ab & bc)
        bc = ab
        let step = h &+ sum &+ sum1 &+ choice
        d = d &+ step
        h = step &+ sum0 &+ majority
    }

    @inline(__always)
    private static func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 {
        word &>> count | word &<< (32 &- count)
    }

    /// The first 32 bits of the fractions of the cube roots of the first 64 primes (section 4.2.2).
    static let roundConstants: InlineArray<64, UInt32> = [
        0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5,
        0x3956_C25B, 0x59F1_11F1, 0x923F_82A4, 0xAB1C_5ED5,
        0xD807_AA98, 0x1283_5B01, 0x2431_85BE, 0x550C_7DC3,
        0x72BE_5D74, 0x80DE_B1FE, 0x9BDC_06A7, 0xC19B_F174,
        0xE49B_69C1, 0xEFBE_4786, 0x0FC1_9DC6, 0x240C_A1CC,
        0x2DE9_2C6F, 0x4A74_84AA, 0x5CB0_A9DC, 0x76F9_88DA,
        0x983E_5152, 0xA831_C66D, 0xB003_27C8, 0xBF59_7FC7,
        0xC6E0_0BF3, 0xD5A7_9147, 0x06CA_6351, 0x1429_2967,
        0x27B7_0A85, 0x2E1B_2138, 0x4D2C_6DFC, 0x5338_0D13,
        0x650A_7354, 0x766A_0ABB, 0x81C2_C92E, 0x9272_2C85,
        0xA2BF_E8A1, 0xA81A_664B, 0xC24B_8B70, 0xC76C_51A3,
        0xD192_E819, 0xD699_0624, 0xF40E_3585, 0x106A_A070,
        0x19A4_C116, 0x1E37_6C08, 0x2748_774C, 0x34B0_BCB5,
        0x391C_0CB3, 0x4ED8_AA4A, 0x5B9C_CA4F, 0x682E_6FF3,
        0x748F_82EE, 0x78A5_636F, 0x84C8_7814, 0x8CC7_0208,
        0x90BE_FFFA, 0xA450_6CEB, 0xBEF9_A3F7, 0xC671_78F2,
    ]
}
