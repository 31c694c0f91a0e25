import Foundation
import TestSupport
import Testing

/// Without bubblewrap or a static busybox no container can be run.
@Suite(.enabled(if: RunContainer.isPossible)) struct RunTests {
    struct Ending: CustomTestStringConvertible {
        let testDescription: String
        let command: [String]
        let status: Int32
        let error: String
    }

    @Test(arguments: [
        Ending(testDescription: "the command's own", command: ["sh", "-c", "exit 7"], status: 7, error: ""),
        Ending(testDescription: "a status that bwrap has too", command: ["false"], status: 1, error: ""),
        Ending(testDescription: "125 of the command", command: ["sh", "-c", "exit 125"], status: 125, error: ""),
        Ending(testDescription: "a signal", command: ["sh", "-c", "kill -9 $$"], status: 137, error: ""),
        Ending(testDescription: "TERM to itself", command: ["sh", "-c", "kill $$"], status: 143, error: ""),
        Ending(testDescription: "no such command", command: ["nosuch"], status: 127, error: "d-run: nosuch: not found"),
        Ending(testDescription: "no such path", command: ["/a/b"], status: 127, error: "d-run: /a/b: not found"),
        Ending(testDescription: "a folder", command: ["/bin"], status: 126, error: "/bin is a folder"),
        Ending(testDescription: "no x bit", command: ["/etc/passwd"], status: 126, error: "no permission to execute"),
    ])
    func endsWith(_ ending: Ending) throws {
        let box = try RunContainer()
        let result = try box.command([box.name] + ending.command).run()
        #expect(
            result.status == ending.status && (ending.error.isEmpty || result.errors.contains(ending.error)),
            "\(result)")
        #expect(ending.error.isEmpty == result.errors.isEmpty, "\(result)")
    }

    struct Refusal: CustomTestStringConvertible {
        let testDescription: String
        let config: String
        var arguments = ["box", "touch", "/ran"]
        let error: String
        var status: Int32 = 125
    }

    @Test(arguments: [
        Refusal(testDescription: "not JSON", config: "{", error: "box/config.json: not JSON: line 1, column 2"),
        Refusal(testDescription: "an array", config: "[]", error: "box/config.json: the document: found an array"),
        Refusal(testDescription: "Env is a string", config: #"{"Env":"a"}"#, error: "Env: found a string"),
        Refusal(testDescription: "net is a number", config: #"{"net":1}"#, error: "net: '1': expected host"),
        Refusal(testDescription: "Cmd holds a number", config: #"{"Cmd":[1]}"#, error: "Cmd[0]: found a number"),
        Refusal(testDescription: "NUL in Env", config: #"{"Env":["A=\u0000"]}"#, error: "Env[0]: holds a NUL"),
        Refusal(
            testDescription: "volume with ..", config: #"{"Volumes":{"/../x":{}}}"#, error: "Volumes: volume '/../x'"),
        Refusal(
            testDescription: "volume named ..", config: #"{"Volumes":{"..:/x":{}}}"#, error: "Volumes: volume '..:/x'"),
        Refusal(
            testDescription: "volume over the root", config: "{}", arguments: ["-v", "x:/", "box", "true"],
            error: "cannot be"),
        Refusal(
            testDescription: "volume in /proc", config: "{}", arguments: ["-v", "/:/proc/x", "box", "true"],
            error: "cannot be"),
        Refusal(
            testDescription: "no source", config: "{}", arguments: ["-v", "./no:/x", "box", "true"],
            error: "./no does not exist"),
        Refusal(testDescription: "unknown user", config: #"{"User":"eve"}"#, error: "user 'eve': no such name"),
        Refusal(testDescription: "unknown group", config: #"{"User":"bob:eve"}"#, error: "user 'eve': no such name"),
        Refusal(testDescription: "uid of no one", config: #"{"User":"4294967295"}"#, error: "expected NAME, UID"),
        Refusal(testDescription: "nothing to run", config: "{}", arguments: ["box"], error: "no command: "),
        Refusal(testDescription: "no folder", config: "{}", arguments: ["nobox"], error: "nobox is no container"),
        Refusal(testDescription: "no rootfs", config: "{}", arguments: ["/"], error: "/ is no container"),
        Refusal(testDescription: "no DIR", config: "{}", arguments: ["-n"], error: "DIR is missing", status: 2),
        Refusal(
            testDescription: "bad volume", config: "{}", arguments: ["-v", "a", "box"], error: "--volume", status: 2),
        Refusal(
            testDescription: "unknown option", config: "{}", arguments: ["--nope", "box"], error: "'--nope'", status: 2),
    ])
    func refuses(_ refusal: Refusal) throws {
        let box = try RunContainer(config: refusal.config)
        let result = try box.command(refusal.arguments).run()
        #expect(result.status == refusal.status && result.output == "", "\(result)")
        #expect(result.errors.contains(refusal.error) && result.errors.split(separator: "\n").count == 1, "\(result)")
        #expect(!FileManager.default.fileExists(atPath: box.rootfs("/ran")))
        #expect(!FileManager.default.fileExists(atPath: box.folder("box/volumes")))
    }

    @Test func needsBubblewrap() throws {
        let box = try RunContainer()
        var program = box.command("box", "true")
        let index = try #require(program.arguments.firstIndex { $0.hasSuffix("/d-run") })
        program.arguments.insert(contentsOf: ["env", "PATH=/nowhere"], at: index)
        let missing = try program.run()
        #expect(missing.status == 125, "\(missing)")
        #expect(missing.errors == "d-run: bwrap not found in PATH; install bubblewrap (package bubblewrap)\n")
    }

    @Test func joinsEntrypointAndCmd() throws {
        let box = try RunContainer(config: #"{"Entrypoint":["echo","a"],"Cmd":["b"]}"#)
        #expect(try box.run("box").output == "a b\n")
        #expect(try box.run("box", "-n", "--", "c").output == "a -n -- c\n")
        let line = try RunContainer(config: #"{"Cmd":"echo $((1+1))"}"#)
        #expect(try line.run("box").output == "2\n")
    }

    @Test func givesTheEnvironmentOfTheConfigAlone() throws {
        let box = try RunContainer(
            config: #"{"Env":["A=b c","LD_PRELOAD=x","A=d=e","HERE","NOTHERE"],"Hostname":"h1","User":"bob"}"#)
        let result = try box.command("box", "sh", "-c", "env; hostname; tr '\\0' '\\n' < /proc/1/environ")
            .with(["SECRET": "s", "HERE": "yes"]).run()
        let lines = Set(result.output.split(separator: "\n").map(String.init))
        #expect(
            lines == [
                "A=d=e", "LD_PRELOAD=x", "HERE=yes", "HOME=/home/bob", "PWD=/", "SHLVL=1", "h1",
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            ], "\(result)")
    }

    @Test(arguments: [
        ("bob", "1234 1235"), ("1234", "1234 1235"), ("bob:staff", "1234 50"), ("77", "77 0"), ("77:88", "77 88"),
        ("0", "0 0"), ("root:50", "0 50"),
    ])
    func isTheUser(_ user: String, ids: String) throws {
        let box = try RunContainer()
        #expect(try box.shell("echo $(id -u) $(id -g)", options: ["-u", user]).output == "\(ids)\n")
        let config = try RunContainer(config: #"{"User":"\#(user)"}"#)
        #expect(try config.shell("echo $(id -u) $(id -g)").output == "\(ids)\n")
        #expect(try config.shell("echo $(id -u) $(id -g)", options: ["-r"]).output == "0 0\n")
    }

    @Test func mountsVolumes() throws {
        let box = try RunContainer(config: #"{"Volumes":{"/var/a-b":{},"./host:/h:ro":{}}}"#)
        try FileManager.default.createDirectory(atPath: box.folder("host"), withIntermediateDirectories: false)
        try box.folder.write("from the host\n", to: "host/file")
        chmod(box.folder("host"), 0o777)
        let line = "cat /h/file; touch /h/new; echo kept > /var/a-b/x; echo other > /data/y; ls /data/in"
        let result = try box.shell(line, options: ["-v", "data:/data", "-v", "host/file:/data/in/f"])
        #expect(result.output == "from the host\nf\n" && result.errors.contains("Read-only"), "\(result)")
        #expect(try String(contentsOfFile: box.folder("box/volumes/var-a%2Db/x"), encoding: .utf8) == "kept\n")
        #expect(try box.shell("cat /data/y /var/a-b/x", options: ["-v", "data:/data:ro"]).output == "other\nkept\n")
        #expect(try box.shell("echo a > /h/new", options: ["-v", "./host:/h"]).status == 0, "the user's volume wins")
    }

    @Test func closesTheRootfs() throws {
        let box = try RunContainer(config: #"{"WorkingDir":"/new/dir"}"#)
        let options = ["--read-only", "-v", "d:/deep/volume"]
        let result = try box.shell("pwd; touch /x /bin/x; touch /tmp/ok /deep/volume/ok && echo ok", options: options)
        #expect(result.output == "/new/dir\nok\n", "\(result)")
        #expect(!FileManager.default.fileExists(atPath: box.rootfs("/x")))
        let key = try RunContainer(config: #"{"readonly":true}"#)
        #expect(try key.shell("touch /x").status == 1)
        #expect(try box.shell("touch /x").status == 0)
    }

    @Test func closesTheNetworkUnlessAsked() throws {
        let box = try RunContainer()
        let count = "ls /sys/class/net 2>&- ; grep -c : /proc/net/dev"
        #expect(try box.shell(count).output == "1\n")
        let host = try Program("sh", "-c", "grep -c : /proc/net/dev").run().output
        #expect(try box.shell(count, options: ["-n"]).output == host)
        let resolver = try box.shell("cat /etc/resolv.conf", options: ["--net"])
        #expect(try resolver.output == String(contentsOfFile: "/etc/resolv.conf", encoding: .utf8))
    }

    @Test func passesPipes() throws {
        let box = try RunContainer()
        var program = box.command("box", "sh", "-c", "tr a-z A-Z; echo done >&2")
        program.input = String(repeating: "hello\n", count: 100_000)
        let result = try program.run()
        #expect(result.output == String(repeating: "HELLO\n", count: 100_000) && result.errors == "done\n")
    }

    @Test func outlivesNoCommand() throws {
        let box = try RunContainer()
        let result = try box.shell("sleep 1000 & echo started")
        #expect(result.output == "started\n" && result.status == 0, "a grandchild keeps nothing open")
    }

    @Test func handsTERMToTheCommand() throws {
        let box = try RunContainer()
        let line = "trap 'echo cleaned > /out; exit 9' TERM; touch /ready; while :; do sleep 0.05; done"
        let null = open("/dev/null", O_RDWR)
        defer { close(null) }
        let child = try box.command("box", "sh", "-c", line).start(output: null, errors: null, input: null)
        try box.waitUntilReady()
        kill(child, SIGTERM)
        #expect(try Program.wait(for: child, limit: 30) == 9)
        #expect(FileManager.default.fileExists(atPath: box.rootfs("/out")))
    }

    @Test func leavesNothingWhenKilled() throws {
        let box = try RunContainer()
        let null = open("/dev/null", O_RDWR)
        defer { close(null) }
        let mark = "d-run-test-\(UUID().uuidString)"
        let line = "touch /ready; while [ \(mark) ]; do sleep 0.05; done"
        let child = try box.command("box", "sh", "-c", line).start(output: null, errors: null, input: null)
        try box.waitUntilReady()
        kill(child, SIGKILL)
        #expect(try Program.wait(for: child, limit: 30) == 137)
        // The mark is in the arguments of every process between d-run and the shell inside.
        var left = 1
        for _ in 0..<300 where left > 0 {
            usleep(100_000)
            left = try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { process in
                FileManager.default.contents(atPath: "/proc/\(process)/cmdline")?.range(of: Data(mark.utf8)) != nil
            }.count
        }
        #expect(left == 0)
    }
}
