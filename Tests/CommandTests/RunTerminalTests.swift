import Foundation
import TestSupport
import Testing

/// d-run on a terminal, as a person uses it. Needs bubblewrap and a static busybox.
@Suite(.enabled(if: RunContainer.isPossible)) struct RunTerminalTests {
    let box: RunContainer

    init() throws { box = try RunContainer() }

    /// `bash -i` on a terminal with `d-run` as the function `d`.
    private func shell() throws -> PseudoTerminal {
        var program = Program("bash", "--norc", "--noprofile", "-i").asOrdinaryUser.inFolder(box.folder.path)
        program.environment["PS1"] = "host$ "
        program.environment["D"] = Commands.program("d-run").arguments[0]
        let terminal = try PseudoTerminal(program)
        try terminal.expect("host$ ")
        return terminal
    }

    @Test func readsTheTerminal() throws {
        let terminal = try PseudoTerminal(box.command("box", "cat"))
        terminal.type("hello\n")
        try terminal.expect("hello\r\nhello\r\n")
        terminal.type("\u{4}")
        #expect(try terminal.wait() == 0)
    }

    @Test func hasAShellWithJobControl() throws {
        let terminal = try PseudoTerminal(box.command("box", "sh", "-i"))
        try terminal.expect("$ ")
        terminal.type("sleep 100\n")
        try terminal.waitForProcess("sleep", state: "S")
        terminal.type("\u{1A}")
        try terminal.expect("Stopped")
        terminal.type("kill -9 %1; echo kil''led\n")
        try terminal.expect("killed")
        // Twice: the shell refuses the first while it has not yet noticed that the stopped job is gone.
        terminal.type("exit 5\nexit 5\n")
        #expect(try terminal.wait() == 5, "\(terminal.transcript)")
        #expect(!terminal.transcript.contains("job control turned off"))
    }

    @Test func deliversCtrlCOnce() throws {
        let line = "trap 'n=$((n+1)); echo int$n' INT; echo ready; while [ ! -e /stop ]; do sleep 0.1; done; exit 4"
        let terminal = try PseudoTerminal(box.command("box", "sh", "-c", line))
        try terminal.expect("ready")
        terminal.type("\u{3}")
        try terminal.expect("int1")
        usleep(300_000)
        _ = FileManager.default.createFile(atPath: box.rootfs("/stop"), contents: nil)
        #expect(try terminal.wait() == 4, "\(terminal.transcript)")
        #expect(!terminal.transcript.contains("int2"))
    }

    @Test func endsByCtrlC() throws {
        let terminal = try PseudoTerminal(box.command("box", "sh", "-c", "echo ready; exec sleep 100"))
        try terminal.expect("ready")
        try terminal.waitForProcess("sleep", state: "S")
        terminal.type("\u{3}")
        #expect(try terminal.wait() == 130, "\(terminal.transcript)")
    }

    @Test func survivesCtrlBackslashInAHandler() throws {
        let line = "trap 'echo quit; exit 6' QUIT; echo ready; while :; do sleep 0.1; done"
        let terminal = try PseudoTerminal(box.command("box", "sh", "-c", line))
        try terminal.expect("ready")
        terminal.type("\u{1C}")
        #expect(try terminal.wait() == 6, "\(terminal.transcript)")
    }

    @Test func stopsAndContinuesUnderAShell() throws {
        let terminal = try shell()
        terminal.type("$D box sh -c 'echo rea''dy; exec cat'\n")
        try terminal.expect("ready\r\n")
        terminal.type("one\n")
        try terminal.expect("one\r\none\r\n")
        terminal.type("\u{1A}")
        try terminal.expect("Stopped")
        try terminal.expect("host$ ")
        try terminal.waitForProcess("cat", state: "T")
        terminal.type("fg\n")
        try terminal.expect("exec cat'\r\n")
        terminal.type("two\n")
        try terminal.expect("two\r\ntwo\r\n")
        terminal.type("\u{4}")
        try terminal.expect("host$ ")
        terminal.type("exit\n")
        #expect(try terminal.wait() == 0, "\(terminal.transcript)")
    }

    @Test func continuesInTheBackground() throws {
        let terminal = try shell()
        terminal.type("$D box sh -c 'echo ready; while [ ! -e /stop ]; do sleep 0.1; done; echo fin''ished'\n")
        try terminal.expect("ready\r\n")
        terminal.type("\u{1A}")
        try terminal.expect("Stopped")
        terminal.type("bg\n")
        try terminal.expect("host$ ")
        terminal.type("touch box/rootfs/stop; wait; echo all''done\n")
        try terminal.expect("finished")
        try terminal.expect("alldone")
        terminal.type("exit\n")
        #expect(try terminal.wait() == 0, "\(terminal.transcript)")
    }

    @Test func takesItsPlaceInAPipeline() throws {
        let terminal = try shell()
        terminal.type("echo abc | $D box tr a-z A-Z | $D box sed s/B/x/; echo st${PIPESTATUS[*]}\n")
        try terminal.expect("AxC\r\n")
        try terminal.expect("st0 0 0")
        terminal.type("echo data | $D box sh -c 'read x; read y < /dev/tty; echo $x-$y'\n")
        usleep(500_000)
        terminal.type("typed\n")
        try terminal.expect("data-typed")
        terminal.type("exit\n")
        #expect(try terminal.wait() == 0, "\(terminal.transcript)")
    }

    @Test func leaksNoDescriptor() throws {
        let program = box.command("box", "sh", "-c", "exec ls /proc/self/fd")
        let leaking = Program(
            ["bash", "-c", "exec 3</ 7</etc/passwd 11</ 63</; exec \"$@\"", "sh"] + program.arguments)
        let piped = try leaking.run()
        #expect(piped.output == "0\n1\n2\n3\n", "3 is the folder that ls reads: \(piped)")
        let terminal = try PseudoTerminal(leaking)
        #expect(try terminal.wait() == 0)
        #expect(terminal.transcript.split { $0.isWhitespace } == ["0", "1", "2", "3"], "\(terminal.transcript)")
    }

    @Test func filtersOnATerminalAndLeavesItWithoutOne() throws {
        let line =
            "grep -E '^(Seccomp|NoNewPrivs|CapEff|CapBnd):' /proc/self/status | tr -d '\\t\\n'; : < /dev/tty && echo tty"
        let terminal = try PseudoTerminal(box.command("box", "sh", "-c", line))
        #expect(try terminal.wait() == 0)
        #expect(
            terminal.transcript == "CapBnd:0000000000000000NoNewPrivs:1Seccomp:2tty\r\n"
                || terminal.transcript == "CapEff:0000000000000000CapBnd:0000000000000000NoNewPrivs:1Seccomp:2tty\r\n",
            "\(terminal.transcript)")
        let detached = try box.shell(line)
        #expect(!detached.output.contains("tty") && detached.output.contains("Seccomp:2"), "\(detached)")
        #expect(try box.shell("unshare -U true").status != 0)
    }

    /// python3 is the program inside that knows ioctl; without it only the interpreted filter is tested.
    @Test(.enabled(if: Program.exists("python3"))) func cannotTypeIntoTheTerminal() throws {
        let code = """
            import fcntl
            for request in (0x5412, 0x5412 | 1 << 32, 0x541C):
                try:
                    fcntl.ioctl(0, request & 0xffffffff, b'x')
                    print('typed')
                except OSError as error:
                    print('errno', error.errno)
            """
        try box.folder.write(code, to: "type.py")
        let mounts = ["/usr", "/lib", "/lib64"].filter { FileManager.default.fileExists(atPath: $0) }
            .flatMap { ["-v", "\($0):\($0):ro"] }
        let terminal = try PseudoTerminal(
            box.command(mounts + ["-v", "./type.py:/type.py", "box", "/usr/bin/python3", "/type.py"]))
        #expect(try terminal.wait() == 0)
        #expect(terminal.transcript == String(repeating: "errno 1\r\n", count: 3), "\(terminal.transcript)")
    }

    @Test func printsACommandThatDoesTheSame() throws {
        try box.folder.write(#"{"Env":["A=b 'c\n"],"Hostname":"h 1","WorkingDir":"/w"}"#, to: "box/config.json")
        let arguments = [
            "-v", "new:/v", "-u", "bob", "box", "sh", "-c",
            "env; id -u; pwd; touch /v/x; grep Seccomp: /proc/self/status",
        ]
        let direct = try PseudoTerminal(box.command(arguments))
        #expect(try direct.wait() == 0, "\(direct.transcript)")
        try FileManager.default.removeItem(atPath: box.folder("box/volumes"))
        let printed = try PseudoTerminal(box.command(["--dry-run"] + arguments))
        #expect(try printed.wait() == 0)
        #expect(!FileManager.default.fileExists(atPath: box.folder("box/volumes")), "nothing is made")
        let pasted = Program("bash", "-c", printed.transcript.filter { $0 != "\r" && $0 != "\r\n" }).asOrdinaryUser
        let again = try PseudoTerminal(pasted)
        #expect(try again.wait() == 0)
        #expect(
            again.transcript == direct.transcript && again.transcript.contains("Seccomp:\t2"), "\(again.transcript)")
    }
}
