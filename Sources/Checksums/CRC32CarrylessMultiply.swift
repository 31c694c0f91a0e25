#if arch(x86_64)
    internal import Builtin

    /// The CRC by folding (Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ", Intel 2009).
    ///
    /// Sixteen bytes stand for a polynomial of 128 bits. Two multiplications of 64 bits move it n bits further back in the
    /// message without changing the message's remainder, so four of them are folded into the 64 bytes that follow until
    /// less is left, then into each other. The last sixteen bytes and the tail are divided by the table.
    ///
    /// The target's flag `-mpclmul` lets the compiler know the instruction; it never chooses it by itself.
    enum CRC32CarrylessMultiply {
        private typealias Polynomial = SIMD2<UInt64>

        /// x^(n+64) and x^n modulo the CRC's polynomial, reflected, for n = 4 x 128 and 128.
        private static let fourFurther = Polynomial(0x1_5444_2BD4, 0x1_C6E4_1596)
        private static let oneFurther = Polynomial(0x1_7519_97D0, 0x0_CCAA_009E)

        /// `remainder` (not inverted) carried on over `bytes`. Requires `X86Features.hasCarrylessMultiply`.
        static func remainder(_ remainder: UInt32, appending bytes: RawSpan) -> UInt32 {
            guard bytes.byteCount >= 64 else { return CRC32Table.remainder(remainder, appending: bytes) }
            var (p0, p1, p2, p3) = (load(bytes, 0), load(bytes, 16), load(bytes, 32), load(bytes, 48))
            p0[0] ^= UInt64(remainder)
            var offset = 64
            while bytes.byteCount &- offset >= 64 {
                p0 = fold(p0, fourFurther) ^ load(bytes, offset)
                p1 = fold(p1, fourFurther) ^ load(bytes, offset &+ 16)
                p2 = fold(p2, fourFurther) ^ load(bytes, offset &+ 32)
                p3 = fold(p3, fourFurther) ^ load(bytes, offset &+ 48)
                offset &+= 64
            }
            p1 ^= fold(p0, oneFurther)
            p2 ^= fold(p1, oneFurther)
            p3 ^= fold(p2, oneFurther)
            let last: InlineArray<2, UInt64> = [p3[0].littleEndian, p3[1].littleEndian]
            // SAFETY: integers have no padding.
            let crc = CRC32Table.remainder(0, appending: unsafe last.span.bytes)
            return CRC32Table.remainder(crc, appending: bytes.extracting(offset..<bytes.byteCount))
        }

        @inline(__always)
        private static func load(_ bytes: RawSpan, _ offset: Int) -> Polynomial {
            // SAFETY: the load is checked against the span's bounds, and any bit pattern is a polynomial.
            unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Polynomial.self)
        }

        @inline(__always)
        private static func fold(_ polynomial: Polynomial, _ power: Polynomial) -> Polynomial {
            multiplyLow(polynomial, power) ^ multiplyHigh(polynomial, power)
        }

        @inline(__always)
        private static func multiplyLow(_ a: Polynomial, _ b: Polynomial) -> Polynomial {
            var product = Polynomial()
            product._storage._value = Builtin.int_x86_pclmulqdq(
                a._storage._value, b._storage._value, UInt8(0x00)._value)
            return product
        }

        @inline(__always)
        private static func multiplyHigh(_ a: Polynomial, _ b: Polynomial) -> Polynomial {
            var product = Polynomial()
            product._storage._value = Builtin.int_x86_pclmulqdq(
                a._storage._value, b._storage._value, UInt8(0x11)._value)
            return product
        }
    }
#endif
