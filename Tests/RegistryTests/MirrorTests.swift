import ContainerImage
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Registry

private let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 13 >> 2) }
private let descriptor = Descriptor(mediaType: "x", digest: Digest(of: content), size: Int64(content.count))

/// `D_UTILS_MIRROR`, with a server of the test in place of docker's.
@Suite struct MirrorTests {
    private let folder: TemporaryFolder
    private let hub: ScriptedServer
    private let warnings = Warnings()

    private final class Warnings: Sendable {
        private let texts = Mutex<[String]>([])
        var all: [String] { texts.withLock { $0 } }
        func add(_ text: String) { texts.withLock { $0.append(text) } }
    }

    init() throws {
        folder = try TemporaryFolder()
        hub = try ScriptedServer { request, _ in
            request.path.contains("/blobs/") ? Self.ranged(request) : .init(body: Array("hub".utf8))
        }
    }

    @Sendable private static func ranged(_ request: ScriptedServer.Request) -> ScriptedServer.Answer {
        guard let start = request.rangeStart else { return .init(body: content) }
        return .init(
            status: 206, headers: [("Content-Range", "bytes \(start)-\(content.count - 1)/\(content.count)")],
            body: Array(content[start...]))
    }

    private func client(_ mirrors: String, name: String = "alpine", variables: [String: String] = [:]) throws
        -> RegistryClient
    {
        let warnings = warnings
        let environment = variables.merging(["D_UTILS_MIRROR": mirrors]) { $1 }
        return try RegistryClient(
            Reference(parsing: name), access: .quick(environment) { warnings.add($0) },
            transport: DetourTransport(detours: ["https://registry-1.docker.io": "http://\(hub.address)"]))
    }

    private func download(_ client: RegistryClient) throws -> [UInt8] { try download(Blob(descriptor), client) }

    private func download(_ blob: Blob, _ client: RegistryClient) throws -> [UInt8] {
        BlobDownload(blob: blob, client: client, cache: .none).run()
        var all = [UInt8](repeating: 0, count: content.count)
        var span = all.mutableSpan
        var buffer = span.mutableBytes
        #expect(try blob.read(into: &buffer, at: 0) == content.count)
        return all
    }

    @Test func aMirrorIsAskedInsteadOfDocker() throws {
        let mirror = try ScriptedServer { request, _ in
            request.path.contains("/blobs/") ? Self.ranged(request) : .init(body: Array("mirror".utf8))
        }
        let client = try client("http://\(mirror.address)/some/prefix/")
        #expect(try client.manifest("latest").body == Array("mirror".utf8))
        #expect(try download(client) == content)
        #expect(mirror.requests.first?.path == "/v2/some/prefix/library/alpine/manifests/latest")
        #expect(mirror.requests.count == 2 && hub.requests.isEmpty)
    }

    @Test func otherRegistriesHaveNoMirror() throws {
        let mirror = try ScriptedServer { _, _ in .init(body: Array("mirror".utf8)) }
        #expect(try client(mirror.address, name: "\(hub.address)/x").manifest("1").body == Array("hub".utf8))
        #expect(mirror.requests.isEmpty)
    }

    /// Status, and whether the mirror is asked for the next document.
    @Test(arguments: [(404, 2), (403, 1), (401, 1), (429, 1), (500, 1), (301, 1)])
    func whatItRefusesDockerGives(_ status: Int, _ requests: Int) throws {
        let mirror = try ScriptedServer { _, _ in .init(status: status) }
        let client = try client(mirror.address)
        for _ in 0..<2 { #expect(try client.manifest("latest").body == Array("hub".utf8)) }
        #expect(try download(client) == content)
        #expect(mirror.requests.count == requests + (status == 404 ? 1 : 0))
        #expect(warnings.all.count == (status == 404 ? 0 : 1), "\(warnings.all)")
    }

    @Test func theFirstOfSeveralThatAnswersIsTaken() throws {
        let mirror = try ScriptedServer { _, _ in .init(body: Array("mirror".utf8)) }
        let client = try client("127.0.0.1:\(FreePort.find()) \(mirror.address)")
        #expect(try client.manifest("latest").body == Array("mirror".utf8))
        #expect(warnings.all.count == 1)
    }

    @Test func aDocumentThatIsNotWhatItsDigestSaysComesFromDocker() throws {
        let mirror = try ScriptedServer { _, _ in .init(body: Array("forged".utf8)) }
        let digest = Digest(of: Array("hub".utf8))
        #expect(try client(mirror.address).manifest("\(digest)").body == Array("hub".utf8))
    }

    @Test func aBlobThatBreaksOffGoesOnAtDocker() throws {
        let mirror = try ScriptedServer { request, _ in
            var answer = Self.ranged(request)
            answer.cutAfter = 64 << 10
            return answer
        }
        #expect(try download(client(mirror.address)) == content)
        #expect(mirror.requests.count == 1)
        #expect(hub.requests.map { $0.rangeStart != nil } == [true], "from where the mirror stopped")
        #expect(mirror.bodyBytes + hub.bodyBytes < content.count + (64 << 10))
    }

    @Test func aMirrorWithAWrongBlobIsNotAskedAgain() throws {
        let wrong = content.map { $0 ^ 1 }
        let mirror = try ScriptedServer { _, _ in .init(body: wrong) }
        let client = try client(mirror.address)
        let blob = Blob(descriptor)
        #expect(try download(blob, client) == wrong)
        #expect(blob.reject(), "another try is worth it")
        #expect(try download(client) == content)
        #expect(mirror.requests.count == 1)
    }

    @Test func theCredentialsForDockerDoNotGoToTheMirror() throws {
        try folder.write(
            #"{"auths": {"docker.io": {"username": "bob", "password": "s3cret"}}}"#, to: "config.json")
        let mirror = try ScriptedServer { _, _ in
            .init(status: 401, headers: [("WWW-Authenticate", #"Basic realm="x""#)])
        }
        let client = try client(mirror.address, variables: ["DOCKER_CONFIG": folder.path])
        #expect(try client.manifest("latest").body == Array("hub".utf8))
        #expect(mirror.requests.map { $0.headers["authorization"] } == [nil])
    }

    @Test func aMirrorHasCredentialsOfItsOwn() throws {
        let mirror = try ScriptedServer { request, _ in
            guard request.headers["authorization"] != nil else {
                return .init(status: 401, headers: [("WWW-Authenticate", #"Basic realm="x""#)])
            }
            return .init(body: Array("mirror".utf8))
        }
        try folder.write(
            #"{"auths": {"\#(mirror.address)": {"username": "bob", "password": "s3cret"}}}"#, to: "config.json")
        let client = try client(mirror.address, variables: ["DOCKER_CONFIG": folder.path])
        #expect(try client.manifest("latest").body == Array("mirror".utf8))
        #expect(hub.requests.isEmpty)
    }

    @Test(arguments: ["ftp://a.example", "https://", "http://user:secret@a.example", "://x"])
    func whatIsNoAddressIsRefused(_ mirror: String) {
        #expect(throws: RegistryError.self) { try RegistryAccess.quick(["D_UTILS_MIRROR": mirror]) }
    }

    @Test(arguments: [
        ("a.example", "https://a.example/v2/"), ("localhost:5000", "http://localhost:5000/v2/"),
        ("http://a.example/", "http://a.example/v2/"), ("a.example:1/b/c", "https://a.example:1/v2/b/c/"),
    ])
    func readsAddresses(_ mirror: String, _ expected: String) throws {
        #expect(try RegistryAccess.quick(["D_UTILS_MIRROR": mirror]).mirrors.map(\.absoluteString) == [expected])
    }
}
