import Foundation
import TestSupport
import Testing

/// What strangers write never drives the terminal.
@Suite struct PullTerminalTests {
    /// Clears the screen, sets the title by a C1 control, turns the text round.
    private static let hostile = "\u{1b}[2J\u{9d}0;owned\u{9c}\u{202e}\u{7}"

    private func expectHarmless(_ result: Program.Result, _ words: String) {
        #expect(result.status == 1 && result.output.isEmpty && result.errors.contains(words), "\(result)")
        let active = result.errors.unicodeScalars.filter {
            ($0.value < 0x20 && $0 != "\n") || (0x7F..<0xA0).contains($0.value) || $0.value == 0x202E
        }
        #expect(active.isEmpty, "\(result.errors.debugDescription)")
    }

    /// Names of a layer, each in a message of its own.
    @Test(arguments: [
        ("a/../NAME", "0", "", "holds '..'"), ("NAME", "1", "NAME2", "is not there"),
        ("NAME", "\u{1b}", "", "entry type"),
        ("NAME/.wh.", "0", "", "names nothing"), (".", "0", "", "the root"),
    ])
    func namesOfALayer(_ name: String, _ type: String, _ link: String, _ words: String) throws {
        let folder = try TemporaryFolder()
        let script = """
            import sys, tarfile
            tar = tarfile.open(sys.argv[1], "w", format=tarfile.GNU_FORMAT)
            entry = tarfile.TarInfo(sys.argv[2].replace("NAME", sys.argv[5]))
            entry.type = sys.argv[3].encode()
            entry.linkname = sys.argv[4].replace("NAME", sys.argv[5])
            tar.addfile(entry)
            tar.close()
            """
        let made = try Program("python3", "-c", script, folder("tar"), name, type, link, Self.hostile).run()
        try #require(made.status == 0, "\(made)")
        try MadeLayout.make(folder("layout"), ["latest": [[UInt8](Data(contentsOf: URL(filePath: folder("tar"))))]])
        let result = try Commands.program("d-pull", "oci:" + folder("layout"), folder("there")).run()
        expectHarmless(result, words)
    }

    @Test func tagsOfALayout() throws {
        let folder = try TemporaryFolder()
        try MadeLayout.make(folder("layout"), ["TAG": [[]]])
        let index = try String(contentsOfFile: folder("layout/index.json"), encoding: .utf8)
        try folder.write(index.replacing("TAG", with: "\\u001b[2J\\u009d\\u202e"), to: "layout/index.json")
        expectHarmless(try Commands.program("d-pull", "oci:\(folder("layout")):other", folder("there")).run(), "other")
    }

    /// The body of an error, its code and message, and a redirect.
    @Test(arguments: [
        #"404 {"errors":[{"code":"BAD\u001b[2J","message":"gone\u001b]0;x\u0007\u009d\u202e","detail":{}}]}"#,
        "500 plain \u{1b}[2J\u{9d}\u{202e}", "401 {\"errors\":[{\"message\":\"\u{1b}[2J\"}]}",
    ])
    func wordsOfARegistry(_ answer: String) throws {
        let folder = try TemporaryFolder()
        let script = """
            import http.server, sys
            status, body = sys.argv[1].split(" ", 1)
            class Handler(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    self.send_response(int(status), "words \\x1b[2J")
                    self.send_header("Retry-After", "0")
                    self.send_header("WWW-Authenticate", 'Basic realm="\\x1b[2J"')
                    self.end_headers()
                    self.wfile.write(body.encode())
                def log_message(self, *arguments):
                    pass
            server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
            with open(sys.argv[2] + ".new", "w") as file:
                file.write(str(server.server_port))
            import os
            os.rename(sys.argv[2] + ".new", sys.argv[2])
            server.serve_forever()
            """
        let quiet = open("/dev/null", O_RDWR)
        defer { close(quiet) }
        let server = try Program("python3", "-c", script, answer, folder("port")).start(
            output: quiet, errors: quiet, input: quiet)
        defer {
            kill(server, SIGKILL)
            _ = try? Program.wait(for: server, limit: 30)
        }
        var port: String?
        for _ in 0..<3000 where port == nil {
            usleep(10_000)
            port = try? String(contentsOfFile: folder("port"), encoding: .utf8)
        }
        let image = "127.0.0.1:\(try #require(port))/image"
        var program = Commands.program("d-pull", image, folder("there"))
        program.environment = ["PATH": "/usr/bin:/bin", "XDG_CACHE_HOME": folder("cache")]
        expectHarmless(try program.run(), "127.0.0.1")
    }
}
