import Testing

@testable import Console

private let syntax = CommandSyntax(
    name: "d-test", operands: "[OPTION...] DIR", summary: "Tests",
    options: [
        Option("-v", "--volume", value: .required("PATH"), help: "a volume"),
        Option("-n", "--net", value: .optional("MODE"), help: "the network"),
        Option("-q", "--quiet", help: "say less"),
        Option("--platform", value: .required("OS/ARCH"), help: "the platform"),
    ])

@Suite struct CommandSyntaxTests {
    @Test(arguments: [
        (["-v", "a", "x"], "--volume=a|x"), (["-va", "x"], "--volume=a|x"), (["--volume=a", "x"], "--volume=a|x"),
        (["--volume", "a", "x"], "--volume=a|x"), (["-qn", "x"], "--quiet --net|x"),
        (["-qva", "x"], "--quiet --volume=a|x"),
        (["--net=private", "x"], "--net=private|x"), (["--net", "private"], "--net|private"),
        (["x", "-q"], "--quiet|x"),
        (["-q", "--", "-n", "--"], "--quiet|-n --"), (["-"], "|-"), (["--volume=", "x"], "--volume=|x"),
        (["--volume=a=b"], "--volume=a=b|"),
        (["-v", "-q"], "--volume=-q|"), ([], "|"), (["-q", "-q"], "--quiet --quiet|"),
    ])
    func splits(_ arguments: [String], _ expected: String) throws {
        let parsed = try syntax.parse(arguments)
        let options = parsed.options.map { $0.name + ($0.value.map { "=\($0)" } ?? "") }
        #expect(options.joined(separator: " ") + "|" + parsed.operands.joined(separator: " ") == expected)
    }

    @Test(arguments: [
        (["--nope"], UsageError.unknownOption("--nope")), (["-x"], .unknownOption("-x")),
        (["-qx"], .unknownOption("-x")),
        (["-v"], .missingValue("-v", "PATH")), (["--volume"], .missingValue("--volume", "PATH")),
        (["--quiet=1"], .unexpectedValue("--quiet")), (["--vol", "a"], .unknownOption("--vol")),
        (["--nope=1"], .unknownOption("--nope")),
    ])
    func refuses(_ arguments: [String], _ expected: UsageError) {
        #expect(throws: expected) { try syntax.parse(arguments) }
    }

    @Test func optionsEndAtTheFirstOperandWhereTheyShould() throws {
        let run = CommandSyntax(
            name: "d-run", operands: "", summary: "", options: syntax.options, placement: .beforeFirstOperand)
        let parsed = try run.parse(["-q", "alpine", "ls", "-la", "--", "--nope"])
        #expect(parsed.operands == ["alpine", "ls", "-la", "--", "--nope"])
        #expect(try run.parse(["--", "-dir", "-x"]).operands == ["-dir", "-x"])
    }

    @Test func helpHasOneLineAnOption() {
        #expect(
            syntax.help == """
                usage: d-test [OPTION...] DIR
                Tests.

                  -v, --volume PATH       a volume
                  -n, --net[=MODE]        the network
                  -q, --quiet             say less
                      --platform OS/ARCH  the platform
                  -h, --help              print this help
                      --version           print the version

                """)
    }
}

@Suite struct TerminalTests {
    @Test(arguments: [
        ("plain ä 😀", "plain ä 😀"), ("a\u{1b}[31mb", "a\\x1b[31mb"), ("a\nb\t\u{7f}", "a\\x0ab\\x09\\x7f"),
        ("\u{9b}31m", "\\x9b31m"),
        ("\u{202e}cod", "\\u{202e}cod"), ("\u{2066}", "\\u{2066}"), ("\r\n", "\\x0d\\x0a"),
    ])
    func escapes(_ text: String, _ expected: String) {
        #expect(Terminal.escape(text) == expected)
    }
}
