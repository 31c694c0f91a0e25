import Foundation
import TestSupport
import Testing

/// What the README tells people to type, and what it shows of the commands.
@Suite struct ReadmeTests {
    private let text: String
    private let folder: TemporaryFolder

    init() throws {
        text = try String(contentsOfFile: Fixture.project + "README.md", encoding: .utf8)
        folder = try TemporaryFolder()
    }

    /// The commands of a block of shell that contains `words`.
    private func block(with words: String) throws -> String {
        try #require(
            text.components(separatedBy: "```sh\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
                .first { $0.contains(words) })
    }

    private func shell(_ script: String) -> Program {
        var program = Program("bash", "-euc", script).inFolder(folder.path)
        program.environment = [
            "PATH": Commands.folder + ":/usr/bin:/bin", "XDG_CACHE_HOME": folder("cache"), "HOME": folder.path,
        ]
        return program.asOrdinaryUser
    }

    @Test(.enabled(if: Program.exists("bwrap"), "needs bubblewrap"))
    func theFirstCommandPrintsWhatItShows() throws {
        let first = try block(with: "Fixtures/images/hello")
        let lines = first.split(separator: "\n")
        // Installing and building has been done when this runs; that the words are right is seen here.
        #expect(
            lines.first
                == #"sudo apt-get install -y bubblewrap && swift build -c release && export PATH="$PWD/.build/release:$PATH" &&"#
        )
        let command = lines.dropFirst().joined(separator: "\n").replacing(
            "oci:Fixtures", with: "oci:" + Fixture.project + "Fixtures")
        let result = try shell(command).run()
        #expect(result.status == 0, "\(result)")
        for line in (result.errors + result.output).split(separator: "\n") {
            #expect(text.contains("    " + line.replacing(Fixture.project, with: "")), "the README shows: \(line)")
        }
    }

    @Test(
        .enabled(
            if: DockerRegistry.isAvailable && ["bwrap", "umoci", "busybox"].allSatisfy(Program.exists),
            "needs docker-registry, skopeo, umoci, bubblewrap and busybox-static"))
    func theUsageIsAsItSays() throws {
        let made = try Program(
            "sh", "-ec",
            """
            cd "$1"; mkdir -p root/bin root/src; cp /bin/busybox root/bin
            for name in sh ls cat; do ln root/bin/busybox root/bin/$name; done
            tar -C root -cf root.tar .; umoci init --layout l; umoci new --image l:1; umoci raw add-layer --image l:1 root.tar
            umoci config --image l:1 --config.cmd sh; rm -r root root.tar
            """, "sh", folder.path
        ).run()
        try #require(made.status == 0, "\(made)")
        let registry = try DockerRegistry()
        try registry.push(layout: folder("l"), tag: "1", as: "alpine:latest")
        let usage = try block(with: "d-pull alpine").replacing(
            "d-pull alpine", with: "d-pull \(registry.address)/alpine")
        var program = shell(usage)
        program.input = "echo in the shell of $0\n"
        let result = try program.run()
        #expect(result.status == 0, "\(result)")
        #expect(result.output.contains("in the shell of sh") && result.output.contains("bwrap"), "\(result)")
        #expect(!FileManager.default.fileExists(atPath: folder("alpine")))
    }

    @Test(arguments: ["d-pull", "d-save", "d-inspect", "d-run", "d-exec", "d-login", "d-bench"])
    func showsTheHelp(_ command: String) throws {
        let help = try Commands.program(command, "--help").run().output
        let shown = help.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "    \($0)" }
        #expect(text.contains("<!-- help \(command) -->\n\n" + shown.joined(separator: "\n")), "\(help)")
    }

    @Test func namesTheTestCommandThatTheGateCalls() throws {
        #expect(try block(with: "swift test") == "swift test\n")
        let gate = try String(contentsOfFile: Fixture.project + ".ci/run", encoding: .utf8)
        #expect(gate.contains("\nswift test"))
    }

    @Test func linksLeadSomewhere() throws {
        for match in text.matches(of: /\]\(([A-Za-z][A-Za-z\/.]*)\)/) {
            #expect(FileManager.default.fileExists(atPath: Fixture.project + match.output.1))
        }
    }
}
