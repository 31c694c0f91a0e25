extension SHA256 {
    /// Runs the compression function over whole blocks. Eight rounds stand in a row, so that the working variables
    /// change their names instead of their places.
    static func compressPortably(_ blocks: RawSpan, into state: inout SIMD8<UInt32>) {
        let constants = roundConstants.span
        var schedule = InlineArray<16, UInt32>(repeating: 0)
        var offset = 0
        while offset &+ blockSize <= blocks.byteCount {
            var (a, b, c, d) = (state[0], state[1], state[2], state[3])
            var (e, f, g, h) = (state[4], state[5], state[6], state[7])
            for index in 0..<16 { schedule[index] = blocks.bigEndian32(at: offset &+ 4 &* index) }
            for first in stride(from: 0, to: 64, by: 8) {
                if first >= 16 { extend(&schedule, from: first) }
                round(a, b, c, &d, e, f, g, &h, constants[first], schedule[first & 8])
                round(h, a, b, &c, d, e, f, &g, constants[first &+ 1], schedule[first & 8 | 1])
                round(g, h, a, &b, c, d, e, &f, constants[first &+ 2], schedule[first & 8 | 2])
                round(f, g, h, &a, b, c, d, &e, constants[first &+ 3], schedule[first & 8 | 3])
                round(e, f, g, &h, a, b, c, &d, constants[first &+ 4], schedule[first & 8 | 4])
                round(d, e, f, &g, h, a, b, &c, constants[first &+ 5], schedule[first & 8 | 5])
                round(c, d, e, &f, g, h, a, &b, constants[first &+ 6], schedule[first & 8 | 6])
                round(b, c, d, &e, f, g, h, &a, constants[first &+ 7], schedule[first & 8 | 7])
            }
            state &+= [a, b, c, d, e, f, g, h]
            offset &+= blockSize
        }
    }

    /// The next eight words of the message schedule, each in the place of the word sixteen before it.
    @inline(__always)
    private static func extend(_ schedule: inout InlineArray<16, UInt32>, from first: Int) {
        for index in first..<first &+ 8 {
            let (w2, w15) = (schedule[(index &- 2) & 15], schedule[(index &- 15) & 15])
            let sigma0 = rotated(w15, 7) ^ rotated(w15, 18) ^ w15 &>> 3
            let sigma1 = rotated(w2, 17) ^ rotated(w2, 19) ^ w2 &>> 10
            schedule[index & 15] &+= sigma0 &+ schedule[(index &- 7) & 15] &+ sigma1
        }
    }

    @inline(__always)
    private static func round(
        _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32, _ g: UInt32,
        _ h: inout UInt32,
        _ constant: UInt32, _ word: UInt32
    ) {
        let sum1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
        let sum0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
        let choice = g ^ (e & (f ^ g))
        let majority = (a & b) | (c & (a | b))
        let step = h &+ constant &+ word &+ sum1 &+ choice
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
