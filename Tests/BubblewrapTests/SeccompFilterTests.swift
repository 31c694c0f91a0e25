import Foundation
import Testing

@testable import Bubblewrap

@Suite struct SeccompFilterTests {
    /// What the kernel does with the instructions that the filters use (seccomp_check_filter, bpf(4)).
    private func answer(
        _ filter: SeccompFilter, architecture: UInt32, number: UInt32, second: UInt64, third: UInt64 = 0
    ) throws -> UInt32 {
        var data = [UInt32](repeating: 0xDEAD_BEEF, count: 16)
        data[0] = number
        data[1] = architecture
        data[6] = UInt32(truncatingIfNeeded: second)
        data[7] = UInt32(second >> 32)
        data[8] = UInt32(truncatingIfNeeded: third)
        data[9] = UInt32(third >> 32)
        var accumulator: UInt32 = 0
        var position = 0
        while position < filter.instructions.count {
            let instruction = filter.instructions[position]
            position += 1
            switch instruction.code {
            case 0x20: accumulator = data[Int(instruction.operand / 4)]
            case 0x54: accumulator &= instruction.operand
            case 0x15, 0x35:
                let holds =
                    instruction.code == 0x15
                    ? accumulator == instruction.operand : accumulator >= instruction.operand
                position += Int(holds ? instruction.jumpIfTrue : instruction.jumpIfFalse)
            case 0x06: return instruction.operand
            default: Issue.record("code \(instruction.code)")
            }
        }
        throw Ran(position: position)
    }

    struct Ran: Error { let position: Int }

    struct Call: CustomTestStringConvertible {
        let testDescription: String
        let filter: SeccompFilter.Architecture
        let architecture: UInt32
        let ioctl: UInt32
    }

    static let calls = [
        Call(testDescription: "x86_64", filter: .x86_64, architecture: 0xC000_003E, ioctl: 16),
        Call(testDescription: "i386", filter: .x86_64, architecture: 0x4000_0003, ioctl: 54),
        Call(testDescription: "aarch64", filter: .aarch64, architecture: 0xC000_00B7, ioctl: 29),
        Call(testDescription: "arm", filter: .aarch64, architecture: 0x4000_0028, ioctl: 54),
    ]

    @Test(arguments: calls)
    func deniesTypingAlone(_ call: Call) throws {
        let filter = SeccompFilter(.terminal, call.filter)
        for request: UInt64 in [0x5412, 0x541C] {
            for upper: UInt64 in [0, 1, 0xFFFF_FFFF] {
                let found = try answer(
                    filter, architecture: call.architecture, number: call.ioctl, second: request | upper << 32)
                #expect(found == 0x0005_0001)
            }
        }
        for request: UInt64 in [0, 0x5401, 0x5411, 0x5413, 0x541B, 0x541D, 0x5412_0000_0000, UInt64.max] {
            #expect(
                try answer(filter, architecture: call.architecture, number: call.ioctl, second: request) == 0x7FFF_0000)
        }
        for number: UInt32 in 0..<600 where number != call.ioctl {
            #expect(
                try answer(filter, architecture: call.architecture, number: number, second: 0x5412) == 0x7FFF_0000)
        }
    }

    /// Names of the system calls that each rule speaks of; `mknod` and `mknodat` are tested with their modes.
    static let kernel = [
        "add_key", "request_key", "keyctl", "bpf", "perf_event_open", "userfaultfd", "kexec_load", "kexec_file_load",
        "io_uring_setup", "io_uring_enter", "io_uring_register", "syslog",
    ]
    static let identity =
        [
            "chown", "fchown", "lchown", "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid",
            "setgroups",
        ]
        .flatMap { [$0, "\($0)32"] } + ["fchownat", "setfsuid", "setfsgid", "setfsuid32", "setfsgid32", "capset"]

    struct Header: CustomTestStringConvertible {
        let testDescription: String
        let call: Call

        var path: String { "/usr/include/\(testDescription)" }

        /// The numbers of these calls, by the kernel's header.
        func numbers(_ names: [String]) throws -> Set<UInt32> {
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let lines = text.matches(of: /#define __NR(3264)?_(\w+)\s+(\d+)/)
            return Set(lines.filter { names.contains(String($0.output.2)) }.compactMap { UInt32($0.output.3) })
        }
    }

    static let headers = [
        Header(testDescription: "x86_64-linux-gnu/asm/unistd_64.h", call: calls[0]),
        Header(testDescription: "x86_64-linux-gnu/asm/unistd_32.h", call: calls[1]),
        Header(testDescription: "asm-generic/unistd.h", call: calls[2]),
    ]

    /// The kernel's own headers are the control; those of other machines are not there everywhere.
    @Test(arguments: headers.filter { FileManager.default.fileExists(atPath: $0.path) })
    func knowsTheNumbersOfTheKernel(_ header: Header) throws {
        let filter = SeccompFilter([.kernel, .root], header.call.filter)
        func calls(answered: UInt32) throws -> Set<UInt32> {
            Set(
                try (0..<600).filter {
                    try answer(filter, architecture: header.call.architecture, number: $0, second: 0) == answered
                })
        }
        #expect(try calls(answered: 0x0005_0001) == header.numbers(Self.kernel))
        #expect(try calls(answered: 0x0005_0000) == header.numbers(Self.identity))
        for (name, argument) in [("mknod", 1), ("mknodat", 2)] {
            for number in try header.numbers([name]) {
                for (mode, isDevice) in [
                    (0o020666, true), (0o060600, true), (0o010644, false), (0o100644, false), (0, false),
                ] {
                    let found = try answer(
                        filter, architecture: header.call.architecture, number: number,
                        second: argument == 1 ? UInt64(mode) : 7, third: argument == 2 ? UInt64(mode) : 7)
                    #expect(found == (isDevice ? 0x0005_0000 : 0x7FFF_0000), "\(name) \(mode)")
                }
            }
        }
    }

    /// No header of 32-bit arm is at hand; it shares most numbers with i386.
    @Test func knowsTheNumbersOfArm() throws {
        let filter = SeccompFilter([.kernel, .root], .aarch64)
        for (number, expected) in [
            (UInt32(182), UInt32(0x0005_0000)), (325, 0x0005_0000), (206, 0x0005_0000), (185, 0x0005_0000),
            (309, 0x0005_0001), (386, 0x0005_0001), (388, 0x0005_0001), (401, 0x0005_0001), (1, 0x7FFF_0000),
            (54, 0x7FFF_0000),
        ] {
            #expect(try answer(filter, architecture: 0x4000_0028, number: number, second: 0) == expected, "\(number)")
        }
    }

    @Test func refusesX32() throws {
        for number: UInt32 in [0, 16, 514, 0x3FFF_FFFF] {
            #expect(
                try answer(
                    SeccompFilter([.terminal, .kernel, .root], .x86_64), architecture: 0xC000_003E,
                    number: 0x4000_0000 | number, second: 0)
                    == 0x0005_0026)
        }
    }

    @Test(arguments: [SeccompFilter.Architecture.x86_64, .aarch64])
    func endsStrangeArchitectures(_ filter: SeccompFilter.Architecture) throws {
        for architecture: UInt32 in [0, 0x8000_0016, 0xC000_00F3]
            + Self.calls.filter({ $0.filter != filter }).map(\.architecture)
        {
            #expect(
                try answer(SeccompFilter([], filter), architecture: architecture, number: 16, second: 0) == 0x8000_0000)
        }
    }

    @Test func isEightBytesAnInstruction() {
        let filter = SeccompFilter(.terminal, .x86_64)
        #expect(filter.bytes.count == filter.instructions.count * 8 && filter.instructions.count == 28)
        #expect(filter.bytes.prefix(16) == [0x20, 0, 0, 0, 4, 0, 0, 0, 0x15, 0, 2, 0, 0x3E, 0, 0, 0xC0])
    }
}
