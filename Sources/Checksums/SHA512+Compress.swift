extension SHA512 {
    /// Runs the compression function over whole blocks.
    static func compress(_ blocks: RawSpan, into state: inout SIMD8<UInt64>) {
        let constants = roundConstants.span
        var offset = 0
        while offset &+ blockSize <= blocks.byteCount {
            var schedule = Schedule(repeating: 0)
            for index in 0..<16 { schedule[index] = blocks.bigEndian64(at: offset &+ 8 &* index) }
            var working = Working(state)
            eightRounds(&working, schedule, 0, constants, 0)
            eightRounds(&working, schedule, 8, constants, 0)
            for first in stride(from: 16, to: 80, by: 16) {
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
    private typealias Schedule = InlineArray<16, UInt64>

    /// The eight working variables.
    private struct Working {
        var a, b, c, d, e, f, g, h: UInt64
        var bc: UInt64

        init(_ state: SIMD8<UInt64>) {
            (a, b, c, d) = (state[0], state[1], state[2], state[3])
            (e, f, g, h) = (state[4], state[5], state[6], state[7])
            bc = b ^ c
        }
    }

    /// Eight rounds in a row, so that the working variables change their names instead of their places.
    @inline(__always)
    private static func eightRounds(
        _ v: inout Working, _ schedule: Schedule, _ index: Int, _ constants: Span<UInt64>, _ first: Int
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
    private static func sigma0(_ word: UInt64) -> UInt64 { rotated(word, 1) ^ rotated(word, 8) ^ word &>> 7 }

    @inline(__always)
    private static func sigma1(_ word: UInt64) -> UInt64 { rotated(word, 19) ^ rotated(word, 61) ^ word &>> 6 }

    /// `sum`: the round's constant and word. `bc`: b ^ c, which the round before had as a ^ b. The sums Σ0 and Σ1 are nested
    /// rotations, which take fewer moves on a processor that rotates in place.
    @inline(__always)
    private static func round(
        _ a: UInt64, _ b: UInt64, _ d: inout UInt64, _ e: UInt64, _ f: UInt64, _ g: UInt64, _ h: inout UInt64,
        _ bc: inout UInt64, _ sum: UInt64
    ) {
        let sum1 = rotated(rotated(rotated(e, 23) ^ e, 4) ^ e, 14)
        let sum0 = rotated(rotated(rotated(a, 5) ^ a, 6) ^ a, 28)
        let choice = g ^ (e & (f ^ g))
        let ab = a ^ b
        let majority = b ^ (ab & bc)
        bc = ab
        let step = h &+ sum &+ sum1 &+ choice
        d = d &+ step
        h = step &+ sum0 &+ majority
    }

    @inline(__always)
    private static func rotated(_ word: UInt64, _ count: UInt64) -> UInt64 {
        word &>> count | word &<< (64 &- count)
    }

    /// The first 64 bits of the fractions of the cube roots of the first 80 primes (section 4.2.3).
    static let roundConstants: InlineArray<80, UInt64> = [
        0x428A_2F98_D728_AE22, 0x7137_4491_23EF_65CD, 0xB5C0_FBCF_EC4D_3B2F, 0xE9B5_DBA5_8189_DBBC,
        0x3956_C25B_F348_B538, 0x59F1_11F1_B605_D019, 0x923F_82A4_AF19_4F9B, 0xAB1C_5ED5_DA6D_8118,
        0xD807_AA98_A303_0242, 0x1283_5B01_4570_6FBE, 0x2431_85BE_4EE4_B28C, 0x550C_7DC3_D5FF_B4E2,
        0x72BE_5D74_F27B_896F, 0x80DE_B1FE_3B16_96B1, 0x9BDC_06A7_25C7_1235, 0xC19B_F174_CF69_2694,
        0xE49B_69C1_9EF1_4AD2, 0xEFBE_4786_384F_25E3, 0x0FC1_9DC6_8B8C_D5B5, 0x240C_A1CC_77AC_9C65,
        0x2DE9_2C6F_592B_0275, 0x4A74_84AA_6EA6_E483, 0x5CB0_A9DC_BD41_FBD4, 0x76F9_88DA_8311_53B5,
        0x983E_5152_EE66_DFAB, 0xA831_C66D_2DB4_3210, 0xB003_27C8_98FB_213F, 0xBF59_7FC7_BEEF_0EE4,
        0xC6E0_0BF3_3DA8_8FC2, 0xD5A7_9147_930A_A725, 0x06CA_6351_E003_826F, 0x1429_2967_0A0E_6E70,
        0x27B7_0A85_46D2_2FFC, 0x2E1B_2138_5C26_C926, 0x4D2C_6DFC_5AC4_2AED, 0x5338_0D13_9D95_B3DF,
        0x650A_7354_8BAF_63DE, 0x766A_0ABB_3C77_B2A8, 0x81C2_C92E_47ED_AEE6, 0x9272_2C85_1482_353B,
        0xA2BF_E8A1_4CF1_0364, 0xA81A_664B_BC42_3001, 0xC24B_8B70_D0F8_9791, 0xC76C_51A3_0654_BE30,
        0xD192_E819_D6EF_5218, 0xD699_0624_5565_A910, 0xF40E_3585_5771_202A, 0x106A_A070_32BB_D1B8,
        0x19A4_C116_B8D2_D0C8, 0x1E37_6C08_5141_AB53, 0x2748_774C_DF8E_EB99, 0x34B0_BCB5_E19B_48A8,
        0x391C_0CB3_C5C9_5A63, 0x4ED8_AA4A_E341_8ACB, 0x5B9C_CA4F_7763_E373, 0x682E_6FF3_D6B2_B8A3,
        0x748F_82EE_5DEF_B2FC, 0x78A5_636F_4317_2F60, 0x84C8_7814_A1F0_AB72, 0x8CC7_0208_1A64_39EC,
        0x90BE_FFFA_2363_1E28, 0xA450_6CEB_DE82_BDE9, 0xBEF9_A3F7_B2C6_7915, 0xC671_78F2_E372_532B,
        0xCA27_3ECE_EA26_619C, 0xD186_B8C7_21C0_C207, 0xEADA_7DD6_CDE0_EB1E, 0xF57D_4F7F_EE6E_D178,
        0x06F0_67AA_7217_6FBA, 0x0A63_7DC5_A2C8_98A6, 0x113F_9804_BEF9_0DAE, 0x1B71_0B35_131C_471B,
        0x28DB_77F5_2304_7D84, 0x32CA_AB7B_40C7_2493, 0x3C9E_BE0A_15C9_BEBC, 0x431D_67C4_9C10_0D4C,
        0x4CC5_D4BE_CB3E_42B6, 0x597F_299C_FC65_7E2A, 0x5FCB_6FAB_3AD6_FAEC, 0x6C44_198C_4A47_5817,
    ]
}
