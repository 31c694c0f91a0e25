import ContainerImage
import Foundation
import TestSupport
import Testing

@testable import Registry

private let content = Array("a layer that lies elsewhere".utf8)

/// Layers whose descriptor names other places.
@Suite struct ForeignLayerTests {
    private let place: ScriptedServer
    private let registry: ScriptedServer

    init() throws {
        place = try ScriptedServer { _, _ in .init(body: content) }
        registry = try ScriptedServer { request, _ in
            request.headers["authorization"] == nil
                ? .init(status: 401, headers: [("WWW-Authenticate", #"Basic realm="x""#)]) : .init(status: 404)
        }
    }

    private func download(_ urls: [String]) throws -> [UInt8] {
        let folder = try TemporaryFolder()
        try folder.write(#"{"auths": {"\#(registry.address)": {"username": "a", "password": "b"}}}"#, to: "config.json")
        let blob = Blob(
            Descriptor(mediaType: "x", digest: Digest(of: content), size: Int64(content.count), urls: urls))
        let client = try registry.client(
            access: .quick(["DOCKER_CONFIG": folder.path]),
            transport: DetourTransport(detours: ["https://192.0.2.7/": "http://\(place.address)/"]))
        BlobDownload(blob: blob, client: client, cache: .none).run()
        var all = [UInt8](repeating: 0, count: content.count)
        var span = all.mutableSpan
        var buffer = span.mutableBytes
        _ = try blob.read(into: &buffer, at: 0)
        return all
    }

    @Test func comeFromTheirPlaceWithoutCredentials() throws {
        #expect(try download(["https://192.0.2.7/layer"]) == content)
        #expect(place.requests.map(\.path) == ["/layer"] && place.requests[0].headers["authorization"] == nil)
        #expect(registry.requests.last?.headers["authorization"] != nil)
    }

    @Test(arguments: ["http://192.0.2.7/x", "https://127.0.0.1:%/x", "https://localhost:%/x", "https://[::1]:%/x", "x"])
    func comeFromNowhereElse(_ url: String) throws {
        #expect(throws: RegistryError.self) { try download([url.replacing("%", with: "\(place.port)")]) }
        #expect(place.requests.isEmpty)
    }

    @Test(arguments: [
        ("https://192.0.2.7", true), ("https://8.8.8.8:8443/x", true), ("https://[2606:4700::1]/x", true),
        ("http://8.8.8.8", false), ("https://10.1.2.3", false), ("https://172.16.0.1", false),
        ("https://172.31.255.255", false), ("https://172.32.0.1", true), ("https://192.168.0.1", false),
        ("https://127.0.0.1", false), ("https://127.1", false), ("https://2130706433", false),
        ("https://0x7f000001", false), ("https://0.0.0.0", false), ("https://169.254.169.254", false),
        ("https://100.64.0.1", false), ("https://100.128.0.1", true), ("https://224.0.0.1", false),
        ("https://255.255.255.255", false), ("https://198.18.0.1", false), ("https://localhost", false),
        ("https://[::1]", false), ("https://[::]", false), ("https://[fe80::1]", false), ("https://[fd00::1]", false),
        ("https://[::ffff:127.0.0.1]", false), ("https://[64:ff9b::7f00:1]", false), ("https://[2002:7f00:1::]", false),
        ("https://[2001:0:1::]", false), ("https://user@8.8.8.8", false), ("https:///x", false), ("file:///x", false),
    ])
    func knowsWhatIsPublic(_ url: String, _ expected: Bool) throws {
        #expect(PublicAddress.has(try #require(URL(string: url))) == expected)
    }

    @Test func aRedirectLeadsIntoNoPrivateNetworkEither() throws {
        let redirecting = try ScriptedServer { [address = place.address] _, _ in
            .init(status: 302, headers: [("Location", "http://\(address)/secret")])
        }
        var request = HTTPRequest(url: try #require(URL(string: "http://\(redirecting.address)/")))
        request.mayGoTo = PublicAddress.has
        #expect(throws: RegistryError.self) {
            try RegistryClient.collect(URLSessionTransport(), request, limit: 100, subject: "x")
        }
        #expect(place.requests.isEmpty)
    }
}
