import Foundation
import TestSupport
import Testing

/// The README's recipes, as they stand there. Needs bubblewrap and a static busybox.
@Suite(.enabled(if: RunContainer.isPossible)) struct RecipeTests {
    private let text: String
    private let box: RunContainer

    init() throws {
        text = try String(contentsOfFile: Fixture.project + "README.md", encoding: .utf8)
        box = try RunContainer(config: #"{"Cmd":["sh","-c","cat; echo over"]}"#)
    }

    /// The line of a recipe with the container `box` instead of the one that it names.
    private func line(with words: String, container: String) throws -> String {
        let line = try #require(text.components(separatedBy: "\n").first { $0.contains(words) && $0.contains("d-run") })
        return line.replacing(" \(container)", with: " box")
    }

    private func shell(_ script: String) -> Program {
        var program = Program("bash", "-euc", script).inFolder(box.folder.path)
        program.environment = ["PATH": Commands.folder + ":/usr/bin:/bin", "HOME": box.folder.path]
        program.limit = 120
        return program.asOrdinaryUser
    }

    @Test func developsInTheFolder() throws {
        try box.folder.write("#!/bin/sh\nexec sh \"$@\"\n", to: "box/rootfs/bin/bash")
        chmod(box.rootfs("/bin/bash"), 0o755)
        var program = try shell(
            "mkdir work; cd work; " + line(with: "-w /src", container: "debian").replacing(" box", with: " ../box"))
        program.input = "pwd; id -u; echo text > made; chown 5:5 made\n"
        let result = try program.run()
        #expect(result.output == "/src\n0\n" && result.status == 0, "\(result)")
        #expect(try String(contentsOfFile: box.folder("work/made"), encoding: .utf8) == "text\n")
    }

    @Test func keepsTheDataOfADatabase() throws {
        try box.folder.write("postgres:x:999:999::/var/lib/postgresql:/bin/sh\n", to: "box/rootfs/etc/passwd")
        try FileManager.default.createDirectory(
            atPath: box.rootfs("/var/lib/postgresql/data"), withIntermediateDirectories: true)
        let recipe = try line(with: "-u postgres", container: "postgres").replacing("-u box", with: "-u postgres")
            .replacing("-p 5432:5432 ", with: "")
        let program =
            "POSTGRES_PASSWORD=secret \(recipe) sh -c 'id -un; echo $POSTGRES_PASSWORD > /var/lib/postgresql/data/file'"
        let result = try shell(program).run()
        #expect(result.output == "postgres\n", "\(result)")
        #expect(try String(contentsOfFile: box.folder("box/volumes/data/file"), encoding: .utf8) == "secret\n")
    }

    /// As cron does: a shell with little around it, and no terminal.
    @Test func isStartedByCron() throws {
        let schedule = try #require(text.components(separatedBy: "\n").first { $0.hasPrefix("17 3 ") })
        let command = String(schedule.split(separator: " ", maxSplits: 5)[5]).replacing(
            "$HOME/.local/bin/d-run", with: Commands.program("d-run").arguments[0])
        try FileManager.default.moveItem(atPath: box.folder("box"), toPath: box.folder("tidy"))
        var program = Program(
            "env", "-i", "HOME=\(box.folder.path)", "LOGNAME=x", "PATH=/usr/bin:/bin", "SHELL=/bin/sh", "/bin/sh", "-c",
            command)
        program.input = "from cron\n"
        let result = try program.asOrdinaryUser.run()
        #expect(result.status == 0 && result.output.isEmpty && result.errors.isEmpty, "\(result)")
        #expect(try String(contentsOfFile: box.folder("tidy.log"), encoding: .utf8) == "from cron\nover\n")
    }

    @Test(.enabled(if: Program.exists("systemd-analyze"), "needs systemd-analyze (systemd)"))
    func isAServiceOfSystemd() throws {
        let unit = try #require(text.components(separatedBy: "```ini\n").last?.components(separatedBy: "```").first)
        let path = try box.folder.write(
            unit.replacing("%h/.local/bin/d-run", with: Commands.program("d-run").arguments[0]), to: "web.service")
        let result = try Program("systemd-analyze", "--user", "verify", path).with(["XDG_RUNTIME_DIR": box.folder.path])
            .run()
        #expect(result.status == 0 && !result.errors.contains("web.service"), "\(result)")
    }

    /// By a real server that starts with the connection, as the user that the tests run as.
    @Test(
        .enabled(
            if: access("/usr/sbin/sshd", X_OK) == 0 && Program.exists("ssh"), "needs sshd and ssh (openssh-server)"))
    func runsOnAMachineThatSSHReaches() throws {
        let recipe = try line(with: "ssh node1", container: "/shared/alpine")
            .replacing("ssh ", with: "ssh -F client ").replacing(" box", with: " \(box.folder("box"))")
        let script = """
            if [ $(id -u) = 0 ]; then mkdir -p /run/sshd; chown -R 0:0 box; fi
            ssh-keygen -q -t ed25519 -N '' -f host; ssh-keygen -q -t ed25519 -N '' -f key
            printf '%s\\n' "HostKey $PWD/host" "AuthorizedKeysFile $PWD/key.pub" 'StrictModes no' 'UsePAM no' \
                "SetEnv PATH=$PATH" > server
            printf '%s\\n' "ProxyCommand /usr/sbin/sshd -i -f $PWD/server" "IdentityFile $PWD/key" 'LogLevel ERROR' \
                'StrictHostKeyChecking no' 'UserKnownHostsFile /dev/null' > client
            \(recipe)
            echo to the node | \(recipe.replacing("uname -a", with: "sh -c \"'cat; exit 7'\""))
            """
        var program = Program("bash", "-c", script).inFolder(box.folder.path)
        program.environment["PATH"] = Commands.folder + ":/usr/bin:/bin"
        program.limit = 60
        let result = try program.run()
        #expect(result.output.hasPrefix("Linux "), "\(result)")
        #expect(result.output.hasSuffix("\nto the node\n") && result.status == 7, "\(result)")
    }

    /// The program is the machine's own, with all that it needs.
    @Test(.enabled(if: ["Xvfb", "xdpyinfo"].allSatisfy(Program.exists), "needs Xvfb and xdpyinfo (xvfb, x11-utils)"))
    func hasWindows() throws {
        let recipe = try line(with: "X11-unix", container: "app")
        let mounts = ["/usr", "/lib", "/lib64"].filter { FileManager.default.fileExists(atPath: $0) }
            .map { "-v \($0):\($0):ro" }.joined(separator: " ")
        let script = """
            mkdir -p /tmp/.X11-unix; : > authority; exec 3> number; Xvfb -displayfd 3 -nolisten tcp > xvfb.log 2>&1 & server=$!
            for i in {1..600}; do [ -s number ] && break; sleep 0.1; done
            export DISPLAY=:$(cat number) XAUTHORITY=$PWD/authority
            \(recipe.replacing(" box", with: " \(mounts) box")) /usr/bin/xdpyinfo | grep '^name of display'
            kill $server; wait $server || true
            """
        let result = try shell(script).run()
        #expect(result.output.hasPrefix("name of display:    :"), "\(result)")
    }
}
