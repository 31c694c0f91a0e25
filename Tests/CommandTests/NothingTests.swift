import Foundation
import TestSupport
import Testing

/// The static binary in roots that hold almost nothing else, with a registry and a name server of their own.
@Suite(
    .enabled(if: StaticBuild.folder != nil, "\(StaticBuild.need)"),
    .enabled(
        if: geteuid() == 0 && ["bwrap", "unshare", "python3", "openssl"].allSatisfy(Program.exists),
        "needs root, bubblewrap, util-linux, python3 and openssl"))
struct NothingTests {
    /// A place that lacks something, and what becomes of a pull there.
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        /// Changes to the root's folder before, by the shell.
        var preparation = ":"
        /// How bwrap enters the root.
        var options = ["--bind", "/proc", "/proc", "--dev", "/dev"]
        var environment = ["HOME": "/home"]
        var words = ["/d-pull", "registry.test:444/hello", "/home/x"]
        /// The sentence with which it fails; nil where it works.
        var failure: String?
    }

    static let cases = [
        Case(testDescription: "nothing but the binary, certificates, resolv.conf"),
        Case(
            testDescription: "a name that there is not", words: ["/d-pull", "no.test/x", "/home/x"], failure: "resolved"
        ),
        Case(
            testDescription: "a time zone and a language",
            environment: [
                "HOME": "/home", "TZ": "America/New_York", "LC_ALL": "tr_TR.UTF-8",
            ]),
        Case(
            testDescription: "nonsense for both",
            environment: ["HOME": "/home", "TZ": ":/nonsense", "LANG": "nonsense"]),
        Case(testDescription: "no HOME", environment: [:]),
        Case(
            testDescription: "no HOME, no cache, no /tmp", preparation: "rmdir tmp", environment: [:],
            words: ["/d-pull", "--no-cache", "registry.test:444/hello", "/home/x"]),
        Case(testDescription: "no certificates", preparation: "rm etc/ssl/cert.pem", failure: "certificate"),
        Case(testDescription: "no /etc", preparation: "rm -r etc", failure: "certificate"),
        Case(
            testDescription: "no /etc, certificates elsewhere", preparation: "mv etc/ssl/cert.pem ca; rm -r etc",
            environment: ["HOME": "/home", "SSL_CERT_FILE": "/ca"]),
        Case(testDescription: "no /dev", options: ["--bind", "/proc", "/proc"]),
        Case(testDescription: "no /proc", options: ["--dev", "/dev"], failure: "/proc"),
        Case(
            testDescription: "a read-only root",
            options: ["--bind", "/proc", "/proc", "--dev", "/dev", "--remount-ro", "/"], failure: "Read-only"),
        Case(
            testDescription: "a read-only root with one folder to write in",
            options: ["--bind", "/proc", "/proc", "--tmpfs", "/home", "--remount-ro", "/"]),
    ]

    private let folder: TemporaryFolder
    private let authority: CertificateAuthority
    private let identity: CertificateAuthority.Identity

    init() throws {
        folder = try TemporaryFolder()
        authority = try CertificateAuthority()
        identity = try authority.identity(for: "DNS:registry.test,IP:127.0.0.1")
        let made = try Program(
            "sh", "-ec",
            """
            mkdir -p root/etc/ssl root/bin root/home root/tmp
            cp "$1" root/d-utils
            for name in d-pull d-run; do ln -s d-utils root/$name; done
            echo nameserver 127.0.0.1 >root/etc/resolv.conf
            cp "$2" root/etc/ssl/cert.pem
            """, "sh", StaticBuild.binary, authority.certificate
        ).inFolder(folder.path).run()
        try #require(made.status == 0, "\(made)")
    }

    /// bwrap and the libraries that it needs, for a root in which d-run is to work.
    private func addBubblewrap() throws {
        let made = try Program(
            "sh", "-ec",
            """
            cd "$1/root"; cp "$(command -v bwrap)" bin/bwrap
            for library in $(ldd bin/bwrap | grep -o '/[^ ]*'); do mkdir -p ".${library%/*}"; cp -L "$library" ".$library"; done
            """, "sh", folder.path
        ).run()
        try #require(made.status == 0, "\(made)")
    }

    /// Runs a command in the root, with the network of `world.py`.
    private func run(
        _ words: [String], options: [String] = cases[0].options, environment: [String: String] = cases[0].environment,
        registry: String = "-"
    ) throws -> Program.Result {
        let variables = environment.merging(["PATH": "/bin"]) { $1 }.flatMap { ["--setenv", $0.key, $0.value] }
        var program = Program(
            ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "python3"]
                + [
                    Fixture.path("nothing/world.py"), Fixture.path("images/hello"), identity.certificate,
                    identity.key,
                ]
                + [registry, "bwrap", "--bind", folder("root"), "/", "--clearenv"] + variables + options + words)
        program.limit = 120
        return try program.run()
    }

    @Test(arguments: cases)
    func pullsOrSaysWhyNot(_ place: Case) throws {
        let prepared = try Program("sh", "-ec", place.preparation).inFolder(folder("root")).run()
        try #require(prepared.status == 0, "\(prepared)")
        let result = try run(place.words, options: place.options, environment: place.environment)
        if let failure = place.failure {
            #expect(result.status == 1 && result.output.isEmpty && result.errors.contains(failure), "\(result)")
            #expect(result.errors.split(separator: "\n").count == 1, "one sentence: \(result)")
        } else {
            #expect(result.status == 0 && result.output == "/home/x\n", "\(result)")
        }
    }

    @Test func runsWhatItPulled() throws {
        try addBubblewrap()
        let pulled = try run(Self.cases[0].words)
        #expect(pulled.status == 0, "\(pulled)")
        let result = try run(["/d-run", "/home/x"])
        #expect(result.output == "Hello from a container for linux/amd64.\n" && result.status == 0, "\(result)")
        try FileManager.default.removeItem(atPath: folder("root/bin/bwrap"))
        let missing = try run(["/d-run", "/home/x"])
        #expect(missing.status == 125 && missing.errors.contains("bwrap not found in PATH"), "\(missing)")
    }

    @Test(.enabled(if: Program.exists("busybox"), "needs busybox-static"))
    func worksUnderBusybox() throws {
        try addBubblewrap()
        try FileManager.default.copyItem(atPath: "/bin/busybox", toPath: folder("root/bin/sh"))
        let result = try run([
            "/bin/sh", "-c",
            "d=$(/d-pull -q registry.test:444/hello) && /d-run $d && /d-utils --install /usr && /usr/bin/d-run --version >&2",
        ])
        #expect(
            result.status == 0 && result.output == "Hello from a container for linux/amd64.\n",
            "\(result)")
    }

    @Test(.enabled(if: DockerRegistry.isAvailable, "needs docker-registry and skopeo"))
    func pullsFromARealRegistry() throws {
        let plain = try DockerRegistry()
        try plain.push(layout: Fixture.path("images/hello"), tag: "latest", as: "hello:1")
        let configuration = try folder.write(
            """
            version: 0.1
            log: {level: error}
            storage: {filesystem: {rootdirectory: '\(plain.dataFolder)'}}
            http: {addr: '127.0.0.1:443', tls: {certificate: '\(identity.certificate)', key: '\(identity.key)'}}
            """, to: "registry.yml")
        let result = try run(["/d-pull", "registry.test/hello:1", "/home/x"], registry: configuration)
        #expect(result.status == 0 && result.output == "/home/x\n", "\(result)")
    }
}
