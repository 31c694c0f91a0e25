import Foundation
import TestSupport
import Testing

@testable import Registry

/// Base64 of `bob:s3cr:et`.
private let auth = "Ym9iOnMzY3I6ZXQ="

@Suite struct CredentialStoreTests {
    private let folder: TemporaryFolder
    private let store: CredentialStore

    init() throws {
        folder = try TemporaryFolder()
        store = CredentialStore(environment: ["HOME": folder.path, "XDG_RUNTIME_DIR": folder("run")])
    }

    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let auths: String
        var registry = "reg.example:5000"
        var expected: String?
    }

    @Test(arguments: [
        Case(testDescription: "a host", auths: #""reg.example:5000": {"auth": "\#(auth)"}"#, expected: "bob s3cr:et"),
        Case(
            testDescription: "an address", auths: #""https://reg.example:5000/v1/": {"auth": "\#(auth)"}"#,
            expected: "bob s3cr:et"),
        Case(
            testDescription: "user and password", auths: #""reg.example:5000": {"username": "a", "password": "b"}"#,
            expected: "a b"),
        Case(
            testDescription: "the longest part of the registry counts",
            auths:
                #""reg.example:5000": {"username": "a", "password": "b"}, "reg.example:5000/own": {"auth": "\#(auth)"}"#,
            expected: "bob s3cr:et"),
        Case(
            testDescription: "a part of a name is no part of the registry",
            auths: #""reg.example:5000/ow": {"auth": "\#(auth)"}"#),
        Case(
            testDescription: "an identity token", auths: #""reg.example:5000": {"identitytoken": "id3nt"}"#,
            expected: "<token> token id3nt"),
        Case(
            testDescription: "an identity token under its user's name",
            auths: #""reg.example:5000": {"auth": "\#(auth)", "identitytoken": "id3nt"}"#, expected: "bob token id3nt"),
        Case(
            testDescription: "an identity token as docker's helpers write it",
            auths: #""reg.example:5000": {"username": "<token>", "password": "id3nt"}"#, expected: "<token> token id3nt"
        ),
        Case(
            testDescription: "docker's registry by its old address",
            auths: #""https://index.docker.io/v1/": {"auth": "\#(auth)"}"#, registry: "docker.io",
            expected: "bob s3cr:et"),
        Case(
            testDescription: "docker's registry by its name", auths: #""docker.io": {"auth": "\#(auth)"}"#,
            registry: "docker.io", expected: "bob s3cr:et"),
        Case(testDescription: "an empty entry", auths: #""reg.example:5000": {}"#),
        Case(testDescription: "another port", auths: #""reg.example": {"auth": "\#(auth)"}"#),
        Case(testDescription: "another registry", auths: #""evil.example:5000": {"auth": "\#(auth)"}"#),
        Case(testDescription: "no base64", auths: #""reg.example:5000": {"auth": "%"}"#),
        Case(testDescription: "no colon", auths: #""reg.example:5000": {"auth": "Ym9i"}"#),
    ])
    func reads(_ example: Case) throws {
        try folder.write(#"{"auths": {\#(example.auths)}}"#, to: ".docker/config.json")
        let finding = store.find(registry: example.registry, repository: "own/image")
        let found = finding.credentials.map { credentials in
            switch credentials.secret {
            case .password(let password): "\(credentials.user) \(password)"
            case .identityToken(let token): "\(credentials.user) token \(token)"
            }
        }
        #expect(found == example.expected, "\(finding.remarks)")
        #expect(finding.words.contains(folder(".docker/config.json")))
        if let secret = found?.split(separator: " ").last { #expect(!finding.words.contains(secret)) }
    }

    @Test(arguments: [".docker/config.json", "run/containers/auth.json", ".config/containers/auth.json"])
    func findsTheUsualPlaces(_ place: String) throws {
        #expect(store.find(registry: "r.example", repository: "x").credentials == nil)
        try folder.write(#"{"auths": {"r.example": {"auth": "\#(auth)"}}}"#, to: place)
        let credentials = store.find(registry: "r.example", repository: "x").credentials
        #expect(credentials?.source == "'\(folder(place))'")
    }

    @Test func variablesNameOtherPlaces() {
        let store = CredentialStore(environment: [
            "HOME": "/h", "DOCKER_CONFIG": "/d", "REGISTRY_AUTH_FILE": "/a.json", "XDG_CONFIG_HOME": "/c",
        ])
        #expect(store.paths == ["/a.json", "/d/config.json", "/c/containers/auth.json"])
        #expect(CredentialStore(environment: [:]).paths == [])
    }

    @Test(arguments: [
        "[", "[]", #"{"auths": []}"#, #"{"auths": {"r.example": {"auth": 1}}}"#,
        #"{"credHelpers": {"r.example": "no/such"}}"#, #"{"credsStore": "no-such-helper"}"#,
    ])
    func aBrokenFileIsToldAndPassedOver(_ text: String) throws {
        try folder.write(text, to: ".docker/config.json")
        try folder.write(#"{"auths": {"r.example": {"auth": "\#(auth)"}}}"#, to: "run/containers/auth.json")
        let finding = store.find(registry: "r.example", repository: "x")
        #expect(finding.credentials?.user == "bob")
        #expect(finding.words.contains(folder(".docker/config.json")), "\(finding.words)")
    }

    @Test func storesBesideOthersForTheOwnerAlone() throws {
        try folder.write(
            #"{"auths": {"other": {"auth": "x"}, "https://r.example/v2/": {"auth": "y"}}, "detachKeys": "ctrl-z", "n": 1.50}"#,
            to: "elsewhere/config.json")
        try FileManager.default.createDirectory(atPath: folder(".docker"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: folder(".docker/config.json"), withDestinationPath: "../elsewhere/config.json")
        let place = try store.store(user: "bob", password: "s3cr:et", for: "r.example")
        #expect(place.contains(folder(".docker/config.json")))
        let text = try String(contentsOfFile: folder("elsewhere/config.json"), encoding: .utf8)
        #expect(
            text == """
                {
                  "detachKeys": "ctrl-z",
                  "n": 1.50,
                  "auths": {
                    "other": {
                      "auth": "x"
                    },
                    "r.example": {
                      "auth": "\(auth)"
                    }
                  }
                }

                """)
        var status = stat()
        #expect(lstat(folder(".docker/config.json"), &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
        #expect(stat(folder("elsewhere/config.json"), &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder("elsewhere")) == ["config.json"])
        #expect(try store.remove("r.example") == ["'\(folder(".docker/config.json"))'"])
        #expect(try store.remove("r.example") == [])
        let rest = try String(contentsOfFile: folder("elsewhere/config.json"), encoding: .utf8)
        #expect(rest.contains("other") && rest.contains("ctrl-z") && !rest.contains("r.example"))
    }

    @Test func aFileThatCannotBeUnderstoodIsNotOverwritten() throws {
        try folder.write("{ mine", to: ".docker/config.json")
        #expect(throws: RegistryError.self) { try store.store(user: "a", password: "b", for: "r.example") }
        #expect(try String(contentsOfFile: folder(".docker/config.json"), encoding: .utf8) == "{ mine")
    }
}
