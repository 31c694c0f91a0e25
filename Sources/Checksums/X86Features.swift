#if arch(x86_64)
    internal import _Builtin_intrinsics.intel.cpuid

    /// What this processor has beyond the x86-64 baseline; asked once.
    enum X86Features {
        /// SHA256RNDS2 and its sisters: CPUID leaf 7, EBX bit 29.
        static let hasSHA = leaf(7).ebx >> 29 & 1 == 1
        /// PCLMULQDQ: CPUID leaf 1, ECX bit 1.
        static let hasCarrylessMultiply = leaf(1).ecx >> 1 & 1 == 1

        private static func leaf(_ number: UInt32) -> (ebx: UInt32, ecx: UInt32) {
            var (eax, ebx, ecx, edx): (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
            // SAFETY: the call writes the four words and nothing else; zeros remain if there is no such leaf.
            _ = unsafe __get_cpuid_count(number, 0, &eax, &ebx, &ecx, &edx)
            return (ebx, ecx)
        }
    }
#endif
