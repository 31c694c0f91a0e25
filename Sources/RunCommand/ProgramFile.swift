import ContainerImage

/// What the kernel makes of a file that is to be executed, by its first bytes: `#!` and an interpreter (execve(2)), or
/// an ELF program with its machine and its loader (elf(5)).
enum ProgramFile: Equatable {
    /// How much of a file is looked at; the loader's name stands in the first 4 KiB of all programs but odd ones.
    static let headSize = 8192

    /// A text for the program whose path follows `#!`.
    case script(interpreter: String)
    /// A program for this machine; without a loader it is static, or its loader is not in the head.
    case native(loader: String?)
    /// A program for another machine, by Go's name of it.
    case foreign(architecture: String)
    /// Neither.
    case unknown

    init(head: [UInt8]) {
        if head.starts(with: "#!".utf8) {
            self = Self.interpreter(head).map(Self.script) ?? .unknown
        } else if head.starts(with: [0x7F, 0x45, 0x4C, 0x46]), head.count >= 52 {
            self = Self.program(head)
        } else {
            self = .unknown
        }
    }

    /// The kernel looks at 256 bytes, in which the path has to end.
    private static func interpreter(_ head: [UInt8]) -> String? {
        func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        let line = head.prefix(256).dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }.drop(while: isBlank)
        let path = line.prefix { !isBlank($0) && $0 != 0 }
        guard !path.isEmpty, path.endIndex < 256 else { return nil }
        return String(decoding: path, as: UTF8.self)
    }

    /// What is not as the format says is left to the kernel.
    private static func program(_ head: [UInt8]) -> ProgramFile {
        let (isWide, isLittle) = (head[4] == 2, head[5] == 1)
        let machine = isLittle ? UInt16(head[18]) | UInt16(head[19]) << 8 : UInt16(head[18]) << 8 | UInt16(head[19])
        guard isLittle, nativeMachines.contains(machine) else {
            return .foreign(architecture: architectures[machine] ?? "machine \(machine) of ELF")
        }
        func number(at offset: Int, size: Int) -> Int? {
            guard offset >= 0, offset <= head.count - size else { return nil }
            return (0..<size).reduce(0) { $0 | Int(truncatingIfNeeded: UInt64(head[offset + $1]) << (8 * $1)) }
        }
        guard let table = isWide ? number(at: 32, size: 8) : number(at: 28, size: 4), (0...head.count).contains(table),
            let entrySize = number(at: isWide ? 54 : 42, size: 2), let count = number(at: isWide ? 56 : 44, size: 2)
        else { return .native(loader: nil) }
        for entry in (0..<count).map({ table + $0 * entrySize }) where number(at: entry, size: 4) == 3 /* PT_INTERP */ {
            guard let start = isWide ? number(at: entry + 8, size: 8) : number(at: entry + 4, size: 4),
                let size = isWide ? number(at: entry + 32, size: 8) : number(at: entry + 16, size: 4),
                (0...head.count).contains(start), (0...(head.count - start)).contains(size)
            else { break }
            return .native(loader: String(decoding: head[start..<start + size].prefix { $0 != 0 }, as: UTF8.self))
        }
        return .native(loader: nil)
    }

    /// EM_* of elf.h: what this processor runs, 32-bit programs included.
    private static var nativeMachines: [UInt16] { Platform.current.architecture == "arm64" ? [183, 40] : [62, 3] }

    private static let architectures: [UInt16: String] = [
        3: "386", 8: "mips", 20: "ppc", 21: "ppc64le", 22: "s390x", 40: "arm", 62: "amd64", 183: "arm64",
        243: "riscv64", 258: "loong64",
    ]
}
