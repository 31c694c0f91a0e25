/// A filter of system calls: a program of the classic Berkeley packet filter over the kernel's `struct seccomp_data`
/// (`nr` at byte 0, `arch` at 4, the arguments from 16 on, eight bytes each; seccomp(2), linux/filter.h).
public struct SeccompFilter: Sendable, Equatable {
    /// One instruction, `struct sock_filter`.
    public struct Instruction: Sendable, Equatable {
        let code: UInt16
        let jumpIfTrue: UInt8
        let jumpIfFalse: UInt8
        let operand: UInt32
    }

    /// The machines whose filters are known.
    public enum Architecture: Sendable, CaseIterable {
        /// With i386 programs; x32 is refused.
        case x86_64
        /// With 32-bit arm programs.
        case aarch64

        /// The machine this was compiled for.
        public static var current: Architecture {
            #if arch(x86_64)
                .x86_64
            #elseif arch(arm64)
                .aarch64
            #endif
        }
    }

    /// The instructions in order.
    public let instructions: [Instruction]

    /// What the kernel reads: eight bytes an instruction, in the machine's byte order, which is little-endian on both.
    public var bytes: [UInt8] {
        instructions.flatMap { instruction in
            let code = instruction.code
            let operand = instruction.operand
            return [UInt8(truncatingIfNeeded: code), UInt8(code >> 8), instruction.jumpIfTrue, instruction.jumpIfFalse]
                + [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: operand >> $0) }
        }
    }

    /// Lets everything pass but the two ioctl requests that type into a terminal: TIOCSTI, and TIOCLINUX, which pastes
    /// on a console. They fail with EPERM.
    ///
    /// Only the lower half of the request is looked at, as the kernel does: the upper half hid TIOCSTI from filters
    /// that compared all 64 bits (CVE-2019-10063). An architecture that the machine should not know ends the process.
    public static func terminal(_ architecture: Architecture) -> SeccompFilter {
        switch architecture {
        case .x86_64: terminal(native: 0xC000_003E, ioctl: 16, refusedFrom: 0x4000_0000, compatible: 0x4000_0003)
        case .aarch64: terminal(native: 0xC000_00B7, ioctl: 29, refusedFrom: nil, compatible: 0x4000_0028)
        }
    }

    /// - `native`, `compatible`: AUDIT_ARCH of the 64-bit and of the 32-bit programs, where ioctl is number 54.
    /// - `refusedFrom`: the first number of x32's calls, which share the architecture of x86_64; they get ENOSYS.
    private static func terminal(
        native: UInt32, ioctl: UInt32, refusedFrom: UInt32?, compatible: UInt32
    ) -> SeccompFilter {
        var program = Program()
        program.load(4)
        program.jump(ifEqual: native, to: .native)
        program.jump(ifEqual: compatible, to: .compatible)
        program.answer(killProcess)
        program.mark(.native)
        program.load(0)
        if let refusedFrom { program.jump(ifAtLeast: refusedFrom, to: .refuse) }
        program.jump(ifEqual: ioctl, to: .ioctl)
        program.answer(allow)
        program.mark(.compatible)
        program.load(0)
        program.jump(ifEqual: 54, to: .ioctl)
        program.answer(allow)
        program.mark(.ioctl)
        program.load(24)
        program.jump(ifEqual: 0x5412, to: .deny)
        program.jump(ifEqual: 0x541C, to: .deny)
        program.answer(allow)
        program.mark(.deny)
        program.answer(fail | 1)
        program.mark(.refuse)
        program.answer(fail | 38)
        return SeccompFilter(instructions: program.instructions)
    }

    static let allow: UInt32 = 0x7FFF_0000
    static let fail: UInt32 = 0x0005_0000
    static let killProcess: UInt32 = 0x8000_0000
}
