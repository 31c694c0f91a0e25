import Foundation
import TestSupport
import Testing

/// `d-login` against a real registry that asks for a password, by https.
@Suite(
    .enabled(
        if: DockerRegistry.isAvailable && Program.exists("openssl"), "needs docker-registry, skopeo and openssl"))
struct LoginTests {
    private let folder: TemporaryFolder
    private let authority: CertificateAuthority
    private let registry: DockerRegistry

    init() throws {
        folder = try TemporaryFolder()
        authority = try CertificateAuthority()
        registry = try DockerRegistry(.password, identity: authority.identity())
        try registry.push(layout: Fixture.path("images/hello"), tag: "latest", as: "hello:1")
    }

    private var file: String { folder(".docker/config.json") }
    private var variables: [String: String] {
        [
            "PATH": "\(folder.path):/usr/bin:/bin", "HOME": folder.path, "XDG_CACHE_HOME": folder("cache"),
            "SSL_CERT_FILE": authority.certificate, "TERM": "dumb",
        ]
    }

    private func command(_ name: String, _ arguments: String..., input: String = "") -> Program {
        var program = Program(["\(Commands.folder)/\(name)"] + arguments).inFolder(folder.path)
        program.environment = variables
        program.input = input
        return program
    }

    /// A program of the test. Another process writes it: a file that any process may have open for writing cannot be
    /// executed.
    private func makeHelper(_ script: String) throws {
        var shell = Program("sh", "-ec", #"cat > "$1"; chmod 755 "$1""#, "sh", folder("docker-credential-test"))
        shell.input = "#!/bin/sh\n" + script
        try #require(shell.run().status == 0)
    }

    private func login(_ password: String) throws -> Program.Result {
        try command("d-login", "-u", "bob", "--password-stdin", registry.address, input: password).run()
    }

    private func pull() throws -> Program.Result {
        let result = try command("d-pull", "--no-cache", "\(registry.address)/hello:1", "there").run()
        try Program("rm", "-rf", folder("there")).run()
        return result
    }

    @Test func whoIsLoggedInMayPullUntilTheLogout() throws {
        let before = try pull()
        #expect(before.status == 1 && before.errors.contains("d-login \(registry.address)"), "\(before)")
        #expect(before.errors.contains(file))
        let login = try login(DockerRegistry.password + "\n")
        #expect(login.status == 0 && login.output.isEmpty && login.errors.contains(file), "\(login)")
        var status = stat()
        #expect(stat(file, &status) == 0 && status.st_mode & 0o777 == 0o600)
        let after = try pull()
        #expect(after.status == 0, "\(after)")
        let skopeo = try Program(
            "skopeo", "inspect", "--authfile", file, "--tls-verify=false", "docker://\(registry.address)/hello:1"
        ).run()
        #expect(skopeo.status == 0, "\(skopeo)")
        let logout = try command("d-login", "--logout", registry.address).run()
        #expect(logout.status == 0 && logout.errors.contains(file), "\(logout)")
        #expect(try pull().status == 1)
        #expect(try command("d-login", "--logout", registry.address).run().status == 1)
        for text in [before.errors, login.errors, after.errors, try registry.log()] {
            #expect(!text.contains(DockerRegistry.password))
        }
    }

    @Test func aWrongPasswordIsNotStored() throws {
        let result = try login("wrong")
        #expect(result.status == 1 && result.errors.contains("nothing was stored"), "\(result)")
        #expect(!FileManager.default.fileExists(atPath: file))
        try folder.write(
            #"{"auths": {"\#(registry.address)": {"username": "bob", "password": "0ld"}}}"#, to: ".docker/config.json")
        let pull = try pull()
        #expect(pull.status == 1 && pull.errors.contains("user 'bob' of '\(file)'"), "\(pull)")
        #expect(!pull.errors.contains("0ld"))
    }

    @Test func whatSkopeoStoredIsFound() throws {
        let auth = folder("run/containers/auth.json")
        try folder.write("{}", to: "run/containers/auth.json")
        let skopeo = try Program(
            "skopeo", "login", "--authfile", auth, "--tls-verify=false", "-u", "bob", "-p", DockerRegistry.password,
            registry.address
        ).run()
        try #require(skopeo.status == 0, "\(skopeo)")
        var program = command("d-pull", "--no-cache", "\(registry.address)/hello:1", "there")
        program.environment["XDG_RUNTIME_DIR"] = folder("run")
        let result = try program.run()
        #expect(result.status == 0, "\(result)")
    }

    @Test func aHelperKeepsTheSecret() throws {
        try makeHelper(
            """
            # Keeps one secret in a file, and what it was called with.
            echo "$*" >> "$HOME/calls"
            case $1 in
            store) cat > "$HOME/secret" ;;
            get) [ -e "$HOME/secret" ] && cat "$HOME/secret" || { echo 'credentials not found'; exit 1; } ;;
            erase) rm "$HOME/secret" ;;
            esac
            """)
        try folder.write(#"{"credHelpers": {"\#(registry.address)": "test"}}"#, to: ".docker/config.json")
        #expect(try pull().status == 1)
        let login = try login(DockerRegistry.password)
        #expect(login.status == 0 && login.errors.contains("docker-credential-test"), "\(login)")
        let after = try pull()
        #expect(after.status == 0, "\(after)")
        #expect(try !String(contentsOfFile: file, encoding: .utf8).contains("auths"))
        let logout = try command("d-login", "--logout", registry.address).run()
        #expect(logout.status == 0, "\(logout)")
        #expect(try pull().status == 1)
        let calls = try String(contentsOfFile: folder("calls"), encoding: .utf8)
        #expect(calls == "get\nstore\nget\nget\nerase\nget\n")
    }

    @Test func aHelperThatFailsIsNamed() throws {
        try folder.write(#"{"credsStore": "test"}"#, to: ".docker/config.json")
        for (script, words) in [
            ("exit 3", "docker-credential-test"), ("echo '{'", "no user"), ("exit 0", "no user"),
            ("exec head -c 100000 /dev/zero", "too much"),
        ] {
            try makeHelper(script)
            let result = try pull()
            #expect(result.status == 1 && result.errors.contains(words), "\(script): \(result)")
        }
    }

    // MARK: On a terminal

    private func onTerminal(_ arguments: String) throws -> PseudoTerminal {
        var program = Program(
            "sh", "-c", "trap : INT; \(Commands.folder)/d-login \(arguments); echo status $?; stty -a | tr ' ' '\\n'")
        program.environment = variables
        return try PseudoTerminal(program)
    }

    @Test func asksWithoutShowingThePassword() throws {
        let terminal = try onTerminal(registry.address)
        try terminal.expect("User name for \(registry.address): ")
        terminal.type("bob\n")
        try terminal.expect("Password of bob for \(registry.address): ")
        terminal.type(DockerRegistry.password + "\n")
        try terminal.expect("stored in")
        try terminal.expect("status 0")
        try terminal.expect("\necho\r")
        _ = try terminal.wait()
        #expect(terminal.transcript.contains("bob") && !terminal.transcript.contains(DockerRegistry.password))
        #expect(try pull().status == 0)
    }

    @Test func ctrlCGivesTheTerminalBack() throws {
        let terminal = try onTerminal("-u bob \(registry.address)")
        try terminal.expect("Password of bob")
        terminal.type("s3c\u{3}")
        try terminal.expect("status 130")
        try terminal.expect("\necho\r")
        _ = try terminal.wait()
        #expect(!FileManager.default.fileExists(atPath: file))
    }

    @Test func theEndOfTheInputIsNoPassword() throws {
        let terminal = try onTerminal("-u bob \(registry.address)")
        try terminal.expect("Password of bob")
        terminal.type("\u{4}")
        try terminal.expect("no password was given")
        try terminal.expect("status 1")
        _ = try terminal.wait()
    }

    @Test func withoutATerminalItSaysWhatToDo() throws {
        var program = Program("setsid", "-w", "\(Commands.folder)/d-login", registry.address)
        program.environment = variables
        let result = try program.run()
        #expect(result.status == 1 && result.errors.contains("--password-stdin"), "\(result)")
    }
}

/// Calls of `d-login` that need no registry.
@Suite struct LoginCallTests {
    @Test(arguments: [
        (["--password-stdin"], 2, "--username"), (["-u", "a:b"], 2, "colon"), (["a", "b"], 2, "'b'"),
        (["no registry"], 2, "REGISTRY"), (["name"], 2, "HOST"), (["http://a.example"], 2, "REGISTRY"),
        (["a.example/b"], 2, "REGISTRY"), (["--logout", "-u", "a"], 2, "--logout"),
        (["--logout", "a.example"], 1, "nothing is stored for a.example"),
        (["-u", "a", "--password-stdin"], 1, "no password"),
    ])
    func whatIsWrongIsTold(_ arguments: [String], _ status: Int32, _ words: String) throws {
        var program = Program(["\(Commands.folder)/d-login"] + arguments)
        program.environment = ["HOME": "/nonexistent"]
        let result = try program.run()
        #expect(result.status == status && result.errors.contains(words), "\(result)")
    }
}
