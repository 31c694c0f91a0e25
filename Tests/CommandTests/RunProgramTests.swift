import Foundation
import TestSupport
import Testing

@testable import RunCommand

/// Commands that cannot be executed, and where they are looked for. Needs bubblewrap and a static busybox.
@Suite(.enabled(if: RunContainer.isPossible)) struct RunProgramTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let content: [UInt8]
        let status: Int32
        /// `/bin/x` is the file.
        let error: String

        init(_ description: String, _ text: String, _ status: Int32, _ error: String) {
            self.init(description, Array(text.utf8), status, error)
        }

        init(_ description: String, _ content: [UInt8], _ status: Int32, _ error: String) {
            testDescription = description
            self.content = content
            self.status = status
            self.error = error
        }

        func explains(_ result: Program.Result) -> Bool {
            result.status == status && (error.isEmpty ? result.errors.isEmpty : result.errors.contains(error))
        }

        /// Makes `/bin/x`, and a script that others may name as theirs.
        func write(to box: RunContainer) throws {
            try box.folder.write("#!/bin/sh\nexit 6\n", to: "box/rootfs/bin/reader")
            try Data(content).write(to: URL(filePath: box.rootfs("/bin/x")))
            for name in ["x", "reader"] { chmod(box.rootfs("/bin/\(name)"), 0o755) }
        }
    }

    /// A 64-bit ELF program without content.
    static func program(machine: UInt8, loader: String? = nil) -> [UInt8] {
        var header: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 57)
        (header[16], header[18], header[20]) = (2, machine, 1)
        guard let loader else { return header }
        var segment = [UInt8](repeating: 0, count: 56)
        (header[32], header[54], header[56]) = (64, 56, 1)
        (segment[0], segment[8], segment[32]) = (3, 120, UInt8(loader.utf8.count + 1))
        return header + segment + Array(loader.utf8) + [0]
    }

    static let cases = [
        Case("a script", "#!/bin/sh\nexit 5\n", 5, ""),
        Case("a script with an option and no end of line", "#! /bin/sh -e", 0, ""),
        Case("a script for a script", "#!/bin/reader\n", 6, ""),
        Case("no interpreter", "#!/bin/no -x\n", 127, "/bin/x needs /bin/no, which is not found in the container"),
        Case("lines of DOS", "#!/bin/sh\r\nexit 5\r\n", 127, #"/bin/x needs /bin/sh\x0d, which is not found"#),
        Case("a folder as interpreter", "#!/etc\n", 126, "/etc is a folder"),
        Case("a text as interpreter", "#!/etc/passwd\n", 126, "/etc/passwd has no permission to execute"),
        Case("nothing after #!", "#! \n", 126, "/bin/x is no program; a script begins with #!"),
        Case("an endless path", "#!/" + String(repeating: "a", count: 300), 126, "/bin/x is no program"),
        Case("a text", "exit 5\n", 126, "/bin/x is no program; a script begins with #!"),
        Case("an empty file", "", 126, "/bin/x is no program"),
        Case("another machine", program(machine: 22), 126, "/bin/x is a program for s390x, and this machine is"),
        Case("an unknown machine", program(machine: 99), 126, "/bin/x is a program for machine 99 of ELF"),
        Case(
            "no loader", program(machine: CommandLine.nativeMachine, loader: "/lib/ld-musl.so.1"), 127,
            "/bin/x needs /lib/ld-musl.so.1, which is not found"),
    ]

    @Test(arguments: cases) func ends(_ file: Case) throws {
        let box = try RunContainer()
        try file.write(to: box)
        for command in ["x", "/bin/x", "../bin/x"] {
            let result = try box.run("-w", "/etc", "box", command)
            #expect(file.explains(result), "\(result)")
            #expect(file.error.isEmpty || result.errors.hasPrefix("d-run: \(command): "), "\(result)")
        }
    }

    @Test func looksForCommandsAsTheProgramWouldSeeThem() throws {
        let box = try RunContainer()
        try box.folder.write("#!/bin/sh\necho $0\n", to: "host/here")
        chmod(box.folder("host/here"), 0o755)
        symlink("/vol/here", box.rootfs("/bin/linked"))
        symlink("/tmp/in/here", box.rootfs("/bin/in-memory"))
        _ = try Program("chmod", "-R", "a+rX", box.folder("host")).run()
        let volumes = ["-v", "./host:/vol", "-v", "./host:/tmp/in", "--tmpfs", "/cache", "-v", "./host:/cache/a/b"]
        for (command, status, output) in [
            ("/vol/here", 0, "/vol/here\n"), ("linked", 0, "/bin/linked\n"), ("/vol/no", 127, ""),
            ("in-memory", 0, "/bin/in-memory\n"), ("/tmp/in/here", 0, "/tmp/in/here\n"), ("/tmp/no", 127, ""),
            ("/cache/a/b/here", 0, "/cache/a/b/here\n"), ("/cache/a/b/no", 127, ""), ("/cache/no", 127, ""),
            ("/cache/a", 126, ""), ("/tmp", 126, ""), ("no", 127, ""), ("here", 0, "/cache/a/b/here\n"),
        ] as [(String, Int32, String)] {
            let path = "PATH=/tmp:/cache:/bin:/cache/a/b"
            let result = try box.command(volumes + ["-e", path, "box", command]).run()
            #expect(result.status == status && result.output == output, "\(command): \(result)")
        }
        #expect(try box.run("-v", "programs:/bin", "box", "echo", "filled").output == "filled\n")
        #expect(try box.run("-v", "programs:/bin", "box", "echo", "full").output == "full\n")
        #expect(try box.run("-v", "fresh:/bin2", "box", "/bin2/no").status == 127)
    }

    @Test(.enabled(if: geteuid() == 0, "only root can mount a file system"))
    func saysWhereNothingMayBeExecuted() throws {
        let box = try RunContainer()
        let command = box.command("box", "echo", "in").arguments
        let script = """
            cd "$0"; mkdir there; mount -t tmpfs -o noexec tmpfs there; cp -a box there; cd there; "$@"; echo $?
            """
        let result = try Program(["unshare", "--mount", "sh", "-c", script, box.folder.path] + inside(command)).run()
        #expect(result.output == "126\n", "\(result)")
        #expect(result.errors.hasSuffix("busybox lies in a file system that is mounted with noexec\n"), "\(result)")
        let covered = box.command("--ephemeral", "box", "echo", "in").arguments
        let another = try Program(["unshare", "--mount", "sh", "-c", script, box.folder.path] + inside(covered)).run()
        #expect(another.output == "in\n0\n", "\(another)")
    }

    /// A command without the change to its folder.
    private func inside(_ arguments: [String]) -> [String] {
        let index = arguments.firstIndex(of: "env") ?? 0
        return Array(arguments[..<index] + arguments[(index + 3)...])
    }

    @Test func knowsRegisteredFormats() throws {
        let folder = try TemporaryFolder()
        let formats = RegisteredFormats(folder: folder.path)
        let foreign = Self.program(machine: 22)
        #expect(!formats.include(head: foreign, name: "/x"))
        try folder.write("enabled\n", to: "status")
        let text = "enabled\ninterpreter /usr/bin/qemu\nflags: F\noffset 16\nmagic 03001600\nmask feffffff\n"
        try folder.write(text, to: "qemu-s390x")
        #expect(formats.include(head: foreign, name: "/x") && !formats.include(head: [1], name: "/x"))
        #expect(!formats.include(head: Self.program(machine: 23), name: "/x"))
        try folder.write(text.replacing("enabled", with: "disabled"), to: "qemu-s390x")
        #expect(!formats.include(head: foreign, name: "/x"))
        try folder.write("enabled\ninterpreter /usr/bin/java\nflags: \nextension .jar\n", to: "jar")
        #expect(formats.include(head: [], name: "/a.jar") && !formats.include(head: [], name: "/jar"))
        try folder.write("disabled\n", to: "status")
        #expect(!formats.include(head: [], name: "/a.jar"))
    }

    /// Whatever is cut off or changed, it is an answer.
    @Test func readsDamagedHeads() {
        let whole = Self.program(machine: CommandLine.nativeMachine, loader: "/lib/ld.so")
        #expect(ProgramFile(head: whole) == .native(loader: "/lib/ld.so"))
        for length in 0..<whole.count {
            let expected: [ProgramFile] = [length < 52 ? .unknown : .native(loader: nil)]
            #expect(expected.contains(ProgramFile(head: Array(whole[..<length]))), "\(length)")
        }
        for index in whole.indices {
            for byte in [0, 1, 0x7F, 0x80, 0xFF] as [UInt8] {
                var changed = whole
                changed[index] = byte
                if ProgramFile(head: changed) == .unknown { #expect(index < 4) }
            }
        }
    }
}

extension CommandLine {
    /// The number that ELF has for the machine of the tests.
    static var nativeMachine: UInt8 {
        #if arch(arm64)
            183
        #else
            62
        #endif
    }
}
