extension SeccompFilter {
    /// Instructions with named jump targets; all jumps go forward, by at most 255 instructions.
    struct Program {
        enum Label: Int, CaseIterable { case native, compatible, ioctl, mknod, mknodat, pretend, deny, refuse }

        private var code: [(code: UInt16, operand: UInt32, target: Label?)] = []
        /// By the labels' numbers.
        private var marks = [Int](repeating: 0, count: Label.allCases.count)

        /// BPF_LD | BPF_W | BPF_ABS: the word at this byte of `seccomp_data`.
        mutating func load(_ byteOffset: UInt32) { code.append((0x20, byteOffset, nil)) }

        /// BPF_ALU | BPF_AND | BPF_K.
        mutating func mask(_ bits: UInt32) { code.append((0x54, bits, nil)) }

        /// BPF_JMP | BPF_JEQ | BPF_K.
        mutating func jump(ifEqual value: UInt32, to label: Label) { code.append((0x15, value, label)) }

        /// BPF_JMP | BPF_JGE | BPF_K.
        mutating func jump(ifAtLeast value: UInt32, to label: Label) { code.append((0x35, value, label)) }

        /// BPF_RET | BPF_K.
        mutating func answer(_ action: UInt32) { code.append((0x06, action, nil)) }

        mutating func mark(_ label: Label) { marks[label.rawValue] = code.count }

        var instructions: [Instruction] {
            code.enumerated().map { index, entry in
                let distance = entry.target.map { UInt8(marks[$0.rawValue] - index - 1) }
                return Instruction(
                    code: entry.code, jumpIfTrue: distance ?? 0, jumpIfFalse: 0, operand: entry.operand)
            }
        }
    }
}
