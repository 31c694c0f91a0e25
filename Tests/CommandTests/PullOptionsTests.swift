import Console
import ContainerImage
import Testing

@testable import Fetching
@testable import PullCommand

private func options(_ arguments: String...) throws -> PullOptions {
    try PullOptions(PullOptions.syntax.parse(arguments))
}

@Suite struct PullOptionsTests {
    @Test(arguments: [
        (["alpine"], "alpine"), (["ghcr.io/a/b:1"], "b"), (["alpine", "there/x"], "there/x"), (["oci:a/b/c:tag"], "c"),
        (["--", "alpine", "-odd"], "-odd"),
    ])
    func choosesTheFolder(_ arguments: [String], _ folder: String) throws {
        guard case .pull(_, into: let chosen) = try PullOptions(PullOptions.syntax.parse(arguments)).task else {
            Issue.record("no pull")
            return
        }
        #expect(chosen == folder)
    }

    @Test func readsEachOption() throws {
        let all = try options(
            "--platform", "linux/arm64", "--plain-http", "--max-size", "2G", "--no-cache", "-q", "example.com:80/x")
        #expect(all.source.platform == Platform(os: "linux", architecture: "arm64"))
        #expect(all.source.plainHTTP && !all.source.usesCache && all.progress == .none && all.sizeLimit == 2 << 30)
        let none = try options("x")
        #expect(none.source.platform == nil && !none.source.plainHTTP && none.source.usesCache)
        #expect(!none.source.isOffline && none.progress == .auto && none.sizeLimit == nil && none.source.maxWait == 60)
        #expect(try options("--offline", "x").source.isOffline)
        #expect(try options("--update", "a/b").task == .update("a/b"))
    }

    @Test(arguments: [
        [], ["a", "b", "c"], ["a", "."], ["a", ""], ["--platform", "linux", "a"], ["--max-size", "x", "a"],
        ["--max-size", "-1", "a"], ["--progress", "loud", "a"], ["--nope", "a"], ["--max-wait", "x", "a"],
        ["--max-wait", "-1", "a"], ["--update"], ["--update", "a", "b"], ["--offline", "--no-cache", "a"],
        ["docker-archive:-"],
    ])
    func refuses(_ arguments: [String]) {
        #expect(throws: UsageError.self) { try PullOptions(PullOptions.syntax.parse(arguments)) }
    }
}

@Suite struct ByteCountTests {
    @Test(arguments: [
        (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (9999, "9.9 kB"), (10_000, "10 kB"), (999_999, "999 kB"),
        (1_000_000, "1.0 MB"), (48_200_000, "48 MB"), (1_234_567_890, "1.2 GB"), (Int64.max, "9.2 EB"),
    ])
    func isShort(_ bytes: Int64, _ expected: String) {
        #expect(ByteCount(bytes).description == expected)
    }

    @Test(arguments: [("0", 0), ("12", 12), ("1K", 1024), ("3m", 3 << 20), ("20G", 20 << 30), ("7T", 7 << 40)])
    func parses(_ text: String, _ expected: Int64) {
        #expect(ByteCount(parsing: text)?.value == expected)
    }

    @Test(arguments: ["", "K", "-1", "1.5G", "1X", "9999999999T", "9223372036854775808", "1KB"])
    func refuses(_ text: String) {
        #expect(ByteCount(parsing: text) == nil)
    }
}

@Suite struct ConfigFileTests {
    private func file(_ text: String) throws -> ConfigFile { ConfigFile(try JSON(parsing: Array(text.utf8))) }

    @Test func keepsWhatItDoesNotKnow() throws {
        let text = """
            {
              "Cmd": [
                "sh"
              ],
              "Future": 12345678901234567890123,
              "Volumes": {
                "/data": {}
              }
            }

            """
        #expect(try file(text) == ConfigFile(JSON(parsing: Array(text.utf8))))
        #expect(try file(text).text == text)
        #expect(try file(text).warnings.isEmpty)
    }

    @Test(arguments: ["/host:/x:rw", "../up", "/a/../../b", "data", "/a:b", ""])
    func dropsVolumesThatReachTheHost(_ path: String) throws {
        let config = try file(#"{"Volumes":{"\#(path)":{},"/good":{}}}"#)
        #expect(config.text == "{\n  \"Volumes\": {\n    \"/good\": {}\n  }\n}\n")
        #expect(config.warnings.count == 1)
    }

    @Test func dropsVariablesOfTheCaller() throws {
        let config = try file(#"{"Env":["A=b","SECRET","C="]}"#)
        #expect(config.text == "{\n  \"Env\": [\n    \"A=b\",\n    \"C=\"\n  ]\n}\n")
        #expect(config.warnings.count == 1)
    }

    @Test(arguments: ContainerFolder.runKeys.sorted())
    func dropsKeysThatOpenTheContainer(_ key: String) throws {
        let config = try file(#"{"\#(key)":true,"User":"x"}"#)
        #expect(config.text == "{\n  \"User\": \"x\"\n}\n")
        #expect(config.warnings.count == 1)
    }
}
