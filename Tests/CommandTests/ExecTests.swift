import Foundation
import TestSupport
import Testing

/// d-exec beside a running d-run. Needs bubblewrap and a static busybox.
@Suite(.enabled(if: RunContainer.isPossible)) struct ExecTests {
    /// A container in which a program runs until `/stop` appears.
    private final class Running {
        let box: RunContainer
        private let child: pid_t

        init(_ options: [String] = [], environment: [String: String] = [:], readOnly: Bool = false) throws {
            box = try RunContainer()
            // The program itself has a terminal's filter or not, as the tests do not.
            let line = "touch /tmp/ready /v/ready; while [ ! -e /v/stop ]; do sleep 0.05; done"
            var program = box.command(options + ["-v", "v:/v", "box", "sh", "-c", line]).with(environment)
            if readOnly {
                _ = try Program(
                    "sh", "-c", "mkdir -p $0/volumes/v; chown 1000 $0/volumes/v; chown 0 $0; chmod 755 $0",
                    box.folder("box")
                ).run()
            }
            program.limit = 120
            let null = open("/dev/null", O_RDWR)
            defer { close(null) }
            child = try program.start(output: null, errors: null, input: null)
            for _ in 0..<3000 where !FileManager.default.fileExists(atPath: box.folder("box/volumes/v/ready")) {
                usleep(10_000)
            }
        }

        /// Nothing outlives a test that failed.
        deinit { Glibc.kill(child, SIGKILL) }

        func exec(_ arguments: String...) -> Program {
            var program = Commands.program("d-exec")
            program.arguments += arguments
            program.limit = 60
            return program.inFolder(box.folder.path).asOrdinaryUser
        }

        func stop() throws -> Int32 {
            _ = try Program("touch", box.folder("box/volumes/v/stop")).run()
            return try Program.wait(for: child, limit: 60)
        }

        func kill(_ signal: CInt) { Glibc.kill(child, signal) }
    }

    @Test(arguments: [[], ["-r"], ["-n"], ["--ephemeral", "-r"]])
    func isWhatTheFirstProgramIs(_ options: [String]) throws {
        let running = try Running(options + ["-e", "SECRET=a b", "-w", "/work", "--hostname", "hx"])
        let facts = """
            id -u; id -g; hostname; cat /proc/net/dev | wc -l
            grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp:)' /proc/$1/status; for n in user mnt pid net ipc uts cgroup; do readlink /proc/$1/ns/$n; done
            readlink /proc/$1/cwd
            """
        let result = try running.exec(
            "box", "sh", "-c", "echo $SECRET; for p in $$ 2; do set $p $p; \(facts); echo ==; done"
        ).run()
        let parts = result.output.components(separatedBy: "==\n")
        #expect(parts.count == 3 && parts[0] == "a b\n" + parts[1], "\(result)")
        #expect(parts[0].contains("\nhx\n") && parts[0].contains("NoNewPrivs:\t1\nSeccomp:\t2\n"), "\(result)")
        #expect(
            try running.exec("box", "sh", "-c", "tr '\\0' '\\n' < /proc/self/environ; :").run().output.contains(
                "SECRET=a b\n"))
        #expect(try running.exec("box", "unshare", "-U", "true").run().status != 0)
        #expect(try running.stop() == 0)
    }

    @Test func endsWithTheStatusOfItsProgram() throws {
        let running = try Running()
        for (command, status) in [
            (["sh", "-c", "exit 7"], 7), (["sh", "-c", "kill -9 $$"], 137), (["no"], 127), (["/etc"], 126),
        ] as [([String], Int32)] {
            var program = running.exec("box")
            program.arguments += command
            #expect(try program.run().status == status)
        }
        var piped = running.exec("box", "tr", "a-z", "A-Z")
        piped.input = "hello\n"
        #expect(try piped.run().output == "HELLO\n")
        #expect(try running.exec("box").run().status == 2)
        #expect(try running.stop() == 0)
        let late = try running.exec("box", "true").run()
        #expect(
            late.status == 125 && late.errors == "d-exec: nothing runs in box; start it with 'd-run box'\n", "\(late)")
    }

    @Test func isUnderTheSameLimits() throws {
        let running = try Running(["--ulimit", "nofile=777:888", "--ulimit", "core=0", "--ulimit", "fsize=4096"])
        let line = "ulimit -Sn; ulimit -Hn; ulimit -c; head -c 9000 /dev/zero > /tmp/file; wc -c < /tmp/file"
        #expect(try running.exec("box", "sh", "-c", line).run().output == "777\n888\n0\n4096\n")
        var lower = running.exec("box", "sh", "-c", line)
        lower.arguments = ["sh", "-c", "ulimit -n 600; exec \"$@\"", "sh"] + lower.arguments
        #expect(try lower.run().output == "600\n600\n0\n4096\n")
        #expect(try running.stop() == 0)
    }

    @Test func saysWhyAProgramCannotBeExecuted() throws {
        let running = try Running(["-w", "/etc"])
        for file in RunProgramTests.cases {
            try file.write(to: running.box)
            let result = try running.exec("box", "../bin/x").run()
            #expect(file.explains(result), "\(file): \(result)")
        }
        let missing = try running.exec("box", "no").run()
        #expect(missing.errors == "d-exec: no: not found in the container\n", "\(missing)")
        #expect(try running.stop() == 0)
    }

    @Test func doesNotTrustAnOldLock() throws {
        let box = try RunContainer()
        try box.folder.write("1\n\(getpid())\n999999999\nx\n", to: "box/run.lock")
        var program = Commands.program("d-exec", "box", "true")
        program = program.inFolder(box.folder.path).asOrdinaryUser
        let result = try program.run()
        #expect(result.status == 125 && result.errors.contains("nothing runs in box"), "\(result)")
    }

    @Test(.enabled(if: geteuid() == 0, "only root can make a folder that an ordinary user cannot write"))
    func findsTheLockOfAFolderThatCannotBeWritten() throws {
        let runtime = try TemporaryFolder()
        let running = try Running(environment: ["XDG_RUNTIME_DIR": runtime.path], readOnly: true)
        #expect(!FileManager.default.fileExists(atPath: running.box.folder("box/run.lock")))
        #expect(try running.exec("box", "echo", "in").with(["XDG_RUNTIME_DIR": runtime.path]).run().output == "in\n")
        #expect(try running.stop() == 0)
    }

    @Test func hasATerminal() throws {
        let running = try Running(["-e", "PS1=inside> "])
        let terminal = try PseudoTerminal(running.exec("box", "sh", "-i"))
        try terminal.expect("inside> ")
        terminal.type("[ -t 0 ] && echo t''ty; echo e''nd\n")
        try terminal.expect("tty\r\n")
        try terminal.expect("end\r\n")
        terminal.type(
            "sh -c 'trap \"echo int; exit 3\" INT; echo rea''dy; while :; do sleep 0.1; done'; echo st''atus $?\n")
        try terminal.expect("ready\r\n")
        terminal.type("\u{3}")
        try terminal.expect("status 3")
        terminal.type("exit 4\n")
        #expect(try terminal.wait() == 4, "\(terminal.transcript)")
        #expect(try running.stop() == 0)
    }

    @Test func endsWithTheContainerAndWithItself() throws {
        let running = try Running()
        let null = open("/dev/null", O_RDWR)
        defer { close(null) }
        let line = "touch /v/$0; exec sleep 1000"
        let first = try running.exec("box", "sh", "-c", line, "first").start(output: null, errors: null, input: null)
        let second = try running.exec("box", "sh", "-c", line, "second").start(output: null, errors: null, input: null)
        for name in ["first", "second"] {
            for _ in 0..<3000 where !FileManager.default.fileExists(atPath: running.box.folder("box/volumes/v/\(name)"))
            {
                usleep(10_000)
            }
        }
        kill(first, SIGKILL)
        #expect(try Program.wait(for: first, limit: 60) == 137)
        var count = ""
        for _ in 0..<300 where count != "1\n" {
            count = try running.exec("box", "sh", "-c", "ps | grep -c '[s]leep 1000'").run().output
        }
        #expect(count == "1\n", "only the second is left")
        running.kill(SIGKILL)
        #expect(try Program.wait(for: second, limit: 60) == 137)
    }
}
