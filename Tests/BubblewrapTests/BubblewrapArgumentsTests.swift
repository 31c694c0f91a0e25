import Foundation
import TestSupport
import Testing

@testable import Bubblewrap

@Suite struct BubblewrapArgumentsTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let sandbox: Sandbox

        init(_ name: String, _ change: (inout Sandbox) -> Void = { _ in }) {
            testDescription = name
            var sandbox = Sandbox(rootfs: "/c/rootfs", user: .init(uid: 1000, gid: 1001), command: ["/bin/sh"])
            change(&sandbox)
            self.sandbox = sandbox
        }
    }

    static let cases = [
        Case("plain"),
        Case("everything") { sandbox in
            sandbox.access = .readOnly
            sandbox.mounts = [
                .processes(destination: "/proc"), .devices(destination: "/dev"),
                .temporary(destination: "/tmp", mode: 0o1777),
                .bind(source: "/etc/resolv.conf", destination: "/run/resolv.conf", .readOnly),
                .bind(source: "/c/volumes/data", destination: "/data", .readWrite),
                .device(source: "/dev/fuse", destination: "/dev/fuse"),
                .temporary(destination: "/cache", mode: 0o1777, size: 1 << 20),
                .file(content: Array("hello".utf8), destination: "/etc/hello"),
            ]
            sandbox.network = .shared
            sandbox.hostname = "box"
            sandbox.user = .init(uid: 0, gid: 0)
            sandbox.environment = [.init("PATH", "/bin"), .init("EMPTY", ""), .init("A", "b=c d")]
            sandbox.workingDirectory = "/work"
            sandbox.makesWorkingDirectory = true
            sandbox.newSession = false
            sandbox.allowsNesting = true
            sandbox.capabilities = ["CAP_CHOWN", "CAP_KILL"]
            sandbox.filter = SeccompFilter(.terminal, .x86_64)
        },
        Case("command-like-options") { $0.command = ["--bind", "/", "/host", "--"] },
    ]

    /// One argument a line in `Fixtures/bwrap/NAME.arguments`; `D_UTILS_RECORD=1` writes the files anew.
    @Test(arguments: cases)
    func areGolden(_ row: Case) throws {
        let text = BubblewrapArguments(row.sandbox).arguments.map { $0 + "\n" }.joined()
        let name = "bwrap/\(row.testDescription).arguments"
        if ProcessInfo.processInfo.environment["D_UTILS_RECORD"] == "1" {
            try Data(text.utf8).write(to: URL(filePath: Fixture.path(name)))
        }
        #expect(try text == String(decoding: Fixture.bytes(name), as: UTF8.self))
    }

    @Test func readWhatTheirOptionsName() throws {
        let everything = try #require(Self.cases.first { $0.testDescription == "everything" })
        let arguments = BubblewrapArguments(everything.sandbox)
        #expect(arguments.inputs.map(\.descriptor) == [20, 21])
        #expect(arguments.inputs.map(\.content) == [Array("hello".utf8), SeccompFilter(.terminal, .x86_64).bytes])
    }

    @Test(arguments: [
        "", "plain-1.2/3:4", "a b", "it's", "$HOME `x` \"q\" \\", "*?[", "a\nb\t\u{1b}[31m\u{7f}", "'\u{1}'",
        "ä\u{301}", "~",
        "a=b", "-n", "!x",
    ])
    func quotesForAShell(_ text: String) throws {
        let result = try Program("bash", "-c", "printf %s \(ShellWord.quote(text))").run()
        #expect(result.output == text, "\(ShellWord.quote(text))")
        #expect(!ShellWord.quote(text).utf8.contains { $0 < 0x20 || $0 == 0x7F })
    }
}
