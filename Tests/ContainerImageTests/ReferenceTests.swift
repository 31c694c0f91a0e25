import Testing

@testable import ContainerImage

struct ReferenceCase: CustomTestStringConvertible {
    let text: String
    let expected: String
    var testDescription: String { text }

    init(_ text: String, _ expected: String) {
        self.text = text
        self.expected = expected
    }
}

private let sha = "sha256:" + String(repeating: "0123456789abcdef", count: 4)
private let sha512 = "sha512:" + String(repeating: "0123456789abcdef", count: 8)

@Suite struct ReferenceTests {
    @Test(arguments: [
        ReferenceCase("alpine", "docker.io/library/alpine:latest"),
        ReferenceCase("alpine:3.20", "docker.io/library/alpine:3.20"),
        ReferenceCase("alpine@3.20", "docker.io/library/alpine:3.20"),
        ReferenceCase("docker.io/alpine", "docker.io/library/alpine:latest"),
        ReferenceCase("index.docker.io/alpine", "docker.io/library/alpine:latest"),
        ReferenceCase("registry-1.docker.io/a/b", "docker.io/a/b:latest"),
        ReferenceCase("me/app", "docker.io/me/app:latest"),
        ReferenceCase("alpine@\(sha)", "docker.io/library/alpine@\(sha)"),
        ReferenceCase("alpine:3@\(sha)", "docker.io/library/alpine:3@\(sha)"),
        ReferenceCase("alpine@\(sha512)", "docker.io/library/alpine@\(sha512)"),
        ReferenceCase("ghcr.io/a/b/c:1", "ghcr.io/a/b/c:1"),
        ReferenceCase("localhost:5000/x", "localhost:5000/x:latest"),
        ReferenceCase("localhost/x", "localhost/x:latest"),
        ReferenceCase("127.0.0.1:5000/x/y:z", "127.0.0.1:5000/x/y:z"),
        ReferenceCase("[::1]:5000/x", "[::1]:5000/x:latest"),
        ReferenceCase("[2001:db8::1]/x:t", "[2001:db8::1]/x:t"),
        ReferenceCase("a__b/c.d/e---f", "docker.io/a__b/c.d/e---f:latest"),
        ReferenceCase("Example.COM/x", "Example.COM/x:latest"),
        ReferenceCase("x:_T.a-g", "docker.io/library/x:_T.a-g"),
    ])
    func parses(_ row: ReferenceCase) throws {
        let reference = try Reference(parsing: row.text)
        #expect(reference.description == row.expected)
        #expect(try Reference(parsing: reference.description) == reference, "the description parses to the same")
    }

    @Test(arguments: [
        "", ":", "@", "a:", "a@", ":tag", "@\(sha)", "Alpine", "a b", "a//b", "/a", "a/", "a/../b", "../a", "a..b",
        "a___b",
        "a_-b", "-a", "a-", "a.", ".a", "a:b:c", "a:-x", "a:.x", "a:b/c:", "a@sha256:abc", "a@md5:\(sha.dropFirst(7))",
        "a@\(sha.uppercased())", "a@\(sha)0", "http://x/y", "https://ghcr.io/a", "-x.y/a", "x-.y/a", "x..y/a",
        "localhost:/a", "localhost:99999/a", "localhost:x/a", "[::1/a", "[]/a", "[::g]:1/a", "\u{1b}[31m", "ä",
        "é.io/x",
        "a\0b", "a:ü", String(repeating: "a", count: 256), "a:" + String(repeating: "t", count: 129), "x.y:80:80/a",
    ])
    func refuses(_ text: String) {
        #expect(throws: ReferenceError.self) { try Reference(parsing: text) }
    }

    @Test(arguments: [("https://ghcr.io/a", "leave out 'https://'"), ("localhost:/a", "expected host or host:port")])
    func saysWhatToChange(_ text: String, words: String) {
        let error = #expect(throws: ReferenceError.self) { try Reference(parsing: text) }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }

    @Test func aDigestDecides() throws {
        #expect(try Reference(parsing: "a:1@\(sha)").identifier == sha)
        #expect(try Reference(parsing: "a:1").identifier == "1")
        #expect(
            try Reference(parsing: "a:1").pinned(to: Digest(parsing: sha)).description == "docker.io/library/a:1@\(sha)"
        )
    }
}

@Suite struct ImageLocationTests {
    @Test(arguments: [
        ("alpine:3", ImageLocation.registry(try! Reference(parsing: "alpine:3")), "alpine"),
        ("ghcr.io/a/b/c:1", .registry(try! Reference(parsing: "ghcr.io/a/b/c:1")), "c"),
        ("oci:images/hello", .layout(path: "images/hello", tag: nil), "hello"),
        ("oci:images/hello/:v1", .layout(path: "images/hello/", tag: "v1"), "hello"),
        ("oci:a:b/c", .layout(path: "a:b/c", tag: nil), "c"),
        ("oci-archive:x/app.tar:v2", .layoutArchive(path: "x/app.tar", tag: "v2"), "app"),
        ("docker-archive:app.tar:a/b:1", .dockerArchive(path: "app.tar", reference: "a/b:1"), "app"),
        ("docker-archive:-", .dockerArchive(path: "-", reference: nil), ""),
        ("oci-archive:-:v1", .layoutArchive(path: "-", tag: "v1"), ""),
        ("docker-archive:/x/app.tar.gz", .dockerArchive(path: "/x/app.tar.gz", reference: nil), "app"),
    ])
    func parses(_ text: String, _ expected: ImageLocation, _ folder: String) throws {
        let location = try ImageLocation(parsing: text)
        #expect(location == expected)
        #expect(location.defaultFolder == folder)
        #expect(try ImageLocation(parsing: location.description) == location)
    }

    @Test(arguments: ["oci:", "oci::tag", "docker-archive:", "oci-archive:"])
    func refuses(_ text: String) {
        #expect(throws: ReferenceError.missingPath(text)) { try ImageLocation(parsing: text) }
    }
}
