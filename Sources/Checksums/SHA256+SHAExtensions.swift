#if arch(x86_64)
    internal import _Builtin_intrinsics.intel

    /// The compression function by the SHA extensions. The target's flag `-msha` lets the compiler know the instructions;
    /// it never chooses them by itself, so the rest of the module stays plain x86-64. For the same reason bytes are
    /// swapped and words shifted by what SSE2 has.
    extension SHA256 {
        private typealias Words = SIMD4<UInt32>

        /// Requires `X86Features.hasSHA`.
        static func compressBySHAExtensions(_ blocks: RawSpan, into state: inout SIMD8<UInt32>) {
            var feba = Words(state[5], state[4], state[1], state[0])
            var hgdc = Words(state[7], state[6], state[3], state[2])
            // Taken once: at each use the compiler would copy the whole table. SAFETY: integers have no padding.
            let constants = unsafe roundConstants.span.bytes
            var offset = 0
            while offset &+ blockSize <= blocks.byteCount {
                let (oldFEBA, oldHGDC) = (feba, hgdc)
                var w0 = words(blocks, offset)
                var w1 = words(blocks, offset &+ 16)
                var w2 = words(blocks, offset &+ 32)
                var w3 = words(blocks, offset &+ 48)
                fourRounds(&feba, &hgdc, w0, constants, 0)
                fourRounds(&feba, &hgdc, w1, constants, 4)
                fourRounds(&feba, &hgdc, w2, constants, 8)
                fourRounds(&feba, &hgdc, w3, constants, 12)
                for first in stride(from: 16, to: 64, by: 16) {
                    w0 = nextWords(w0, w1, w2, w3)
                    fourRounds(&feba, &hgdc, w0, constants, first)
                    w1 = nextWords(w1, w2, w3, w0)
                    fourRounds(&feba, &hgdc, w1, constants, first &+ 4)
                    w2 = nextWords(w2, w3, w0, w1)
                    fourRounds(&feba, &hgdc, w2, constants, first &+ 8)
                    w3 = nextWords(w3, w0, w1, w2)
                    fourRounds(&feba, &hgdc, w3, constants, first &+ 12)
                }
                feba &+= oldFEBA
                hgdc &+= oldHGDC
                offset &+= blockSize
            }
            state = [feba[3], feba[2], hgdc[3], hgdc[2], feba[1], feba[0], hgdc[1], hgdc[0]]
        }

        @inline(__always)
        private static func fourRounds(
            _ feba: inout Words, _ hgdc: inout Words, _ words: Words, _ constants: RawSpan, _ first: Int
        ) {
            // SAFETY: the load is checked against the span's bounds, and any bit pattern is a word.
            let sum = words &+ (unsafe constants.unsafeLoadUnaligned(fromByteOffset: 4 &* first, as: Words.self))
            hgdc = rounds(hgdc, feba, sum)
            feba = rounds(feba, hgdc, Words(sum[2], sum[3], sum[2], sum[3]))
        }

        /// Words t to t+3 of the message schedule, from the sixteen before them.
        @inline(__always)
        private static func nextWords(_ w16: Words, _ w12: Words, _ w8: Words, _ w4: Words) -> Words {
            let w7 = Words(w8[1], w8[2], w8[3], w4[0])
            let sum = words(_mm_sha256msg1_epu32(bits(w16), bits(w12))) &+ w7
            return words(_mm_sha256msg2_epu32(bits(sum), bits(w4)))
        }

        @inline(__always)
        private static func rounds(_ state: Words, _ other: Words, _ words: Words) -> Words {
            self.words(_mm_sha256rnds2_epu32(bits(state), bits(other), bits(words)))
        }

        /// Sixteen bytes of the message as four big-endian words. Their halves are swapped by name: for shifts by 16 the
        /// compiler takes the words out of the vector and rotates each.
        @inline(__always)
        private static func words(_ bytes: RawSpan, _ offset: Int) -> Words {
            // SAFETY: the load is checked against the span's bounds, and any bit pattern is a word.
            let halves = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: SIMD8<UInt16>.self)
            let h = halves &<< 8 | halves &>> 8
            return unsafe unsafeBitCast(
                SIMD8<UInt16>(h[1], h[0], h[3], h[2], h[5], h[4], h[7], h[6]), to: Words.self)
        }

        // SAFETY, for both: vectors of 128 bits, in which any pattern is a value.
        @inline(__always)
        private static func bits(_ words: Words) -> __m128i { unsafe unsafeBitCast(words, to: __m128i.self) }

        @inline(__always)
        private static func words(_ bits: __m128i) -> Words { unsafe unsafeBitCast(bits, to: Words.self) }
    }
#endif
