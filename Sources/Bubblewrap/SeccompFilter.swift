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

    /// What a filter does; all else passes.
    public struct Rules: OptionSet, Sendable {
        /// The rules as bits.
        public let rawValue: Int

        /// Rules from their bits.
        public init(rawValue: Int) { self.rawValue = rawValue }

        /// Refuses (EPERM) parts of the kernel that programs in containers do not need and that have often been the way
        /// out of them: keyrings, bpf, performance events, userfaultfd, kexec, io_uring; and the kernel's log.
        public static let kernel = Rules(rawValue: 1)
        /// Refuses (EPERM) the two ioctl requests that type into a terminal: TIOCSTI, and TIOCLINUX, which pastes on a
        /// console. Only the lower half of the request is looked at, as the kernel does: the upper half hid TIOCSTI from
        /// filters that compared all 64 bits (CVE-2019-10063).
        public static let terminal = Rules(rawValue: 2)
        /// Emulates root where a single user id exists: changes of owners and ids and new device nodes succeed without
        /// being done. Package managers and `tar` ask for them, and hardly look at what came of it.
        public static let root = Rules(rawValue: 4)
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

    /// A filter for the programs of a machine. An architecture that the machine should not know ends the process.
    public init(_ rules: Rules, _ architecture: Architecture = .current) {
        let (native, compatible): (CallNumbers, CallNumbers) =
            switch architecture {
            case .x86_64: (.x86_64, .i386)
            case .aarch64: (.aarch64, .arm)
            }
        var program = Program()
        program.load(4)
        program.jump(ifEqual: native.architecture, to: .native)
        program.jump(ifEqual: compatible.architecture, to: .compatible)
        program.answer(Self.killProcess)
        for (label, numbers) in [(Program.Label.native, native), (.compatible, compatible)] {
            program.mark(label)
            program.load(0)
            if let refused = numbers.refusedFrom { program.jump(ifAtLeast: refused, to: .refuse) }
            if rules.contains(.kernel) { for call in numbers.kernel { program.jump(ifEqual: call, to: .deny) } }
            if rules.contains(.terminal) { program.jump(ifEqual: numbers.ioctl, to: .ioctl) }
            if rules.contains(.root) {
                for call in numbers.identity { program.jump(ifEqual: call, to: .pretend) }
                if let mknod = numbers.mknod { program.jump(ifEqual: mknod, to: .mknod) }
                program.jump(ifEqual: numbers.mknodat, to: .mknodat)
            }
            program.answer(Self.allow)
        }
        program.mark(.ioctl)
        program.load(24)
        program.jump(ifEqual: 0x5412, to: .deny)
        program.jump(ifEqual: 0x541C, to: .deny)
        program.answer(Self.allow)
        // The mode is mknod's second argument and mknodat's third; S_IFCHR and S_IFBLK are devices.
        for (label, byteOffset) in [(Program.Label.mknod, UInt32(24)), (.mknodat, 32)] {
            program.mark(label)
            program.load(byteOffset)
            program.mask(0xF000)
            program.jump(ifEqual: 0x2000, to: .pretend)
            program.jump(ifEqual: 0x6000, to: .pretend)
            program.answer(Self.allow)
        }
        program.mark(.pretend)
        program.answer(Self.fail)
        program.mark(.deny)
        program.answer(Self.fail | 1)
        program.mark(.refuse)
        program.answer(Self.fail | 38)
        instructions = program.instructions
    }

    static let allow: UInt32 = 0x7FFF_0000
    /// With an error number of 0 the call succeeds without being made.
    static let fail: UInt32 = 0x0005_0000
    static let killProcess: UInt32 = 0x8000_0000
}
