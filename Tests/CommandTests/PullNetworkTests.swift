import Foundation
import TestSupport
import Testing

/// Pulls by https and through proxies.
@Suite(
    .enabled(
        if: DockerRegistry.isAvailable && Program.exists("openssl"), "needs docker-registry, skopeo and openssl"))
struct PullNetworkTests {
    private let folder: TemporaryFolder
    private let authority: CertificateAuthority

    init() throws {
        folder = try TemporaryFolder()
        authority = try CertificateAuthority()
    }

    private func registry(_ identity: CertificateAuthority.Identity?) throws -> DockerRegistry {
        let registry = try DockerRegistry(identity: identity)
        try registry.push(layout: Fixture.path("images/hello"), tag: "latest", as: "hello:1")
        return registry
    }

    /// A server of the loopback is asked by http first, and says itself that it wants https.
    private func pull(_ address: String, _ variables: [String: String], wrapper: [String] = []) throws -> Program.Result
    {
        var program = Program(wrapper + ["\(Commands.folder)/d-pull", "\(address)/hello:1", "there"])
            .inFolder(folder.path)
        try Program("rm", "-rf", folder("there")).run()
        program.environment = ["PATH": "/usr/bin:/bin", "XDG_CACHE_HOME": folder("cache")].merging(variables) { $1 }
        return try program.run()
    }

    @Test func anAuthorityOfOnesOwnIsNamedByVariables() throws {
        let registry = try registry(authority.identity())
        for (name, value) in [
            ("SSL_CERT_FILE", authority.certificate), ("SSL_CERT_DIR", try authority.certificateFolder()),
        ] {
            let result = try pull(registry.address, [name: value])
            #expect(result.status == 0 && result.output == "there\n", "\(name): \(result)")
            try Program("rm", "-rf", folder("cache")).run()
        }
    }

    @Test(.enabled(if: Program.exists("bwrap"), "needs bubblewrap"))
    func anAuthorityOfTheDistributionsIsKnown() throws {
        let registry = try registry(authority.identity())
        let result = try pull(
            registry.address, [:],
            wrapper: [
                "bwrap", "--dev-bind", "/", "/", "--tmpfs", "/etc/ssl/certs", "--ro-bind", authority.certificate,
                "/etc/ssl/certs/ca-certificates.crt", "--chdir", folder.path,
            ])
        #expect(result.status == 0, "\(result)")
    }

    struct Refusal: CustomTestStringConvertible {
        let testDescription: String
        var names = "IP:127.0.0.1"
        var days = 2
        var isKnown = true
    }

    @Test(arguments: [
        Refusal(testDescription: "for another name", names: "DNS:other.example"),
        Refusal(testDescription: "has expired", days: -1),
        Refusal(testDescription: "authority unknown", isKnown: false),
    ])
    func aCertificateThatProvesNothingIsRefused(_ refusal: Refusal) throws {
        let registry = try registry(authority.identity(for: refusal.names, days: refusal.days))
        let known = refusal.isKnown ? authority.certificate : try CertificateAuthority().certificate
        let before = try registry.log().count
        let result = try pull(registry.address, ["SSL_CERT_FILE": known])
        #expect(result.status == 1 && result.errors.contains(refusal.testDescription), "\(result)")
        let after = try registry.log().dropFirst(before)
        #expect(after.split(separator: "\n").count { $0.contains("TLS handshake error") } <= 1, "\(after)")
        #expect(!after.contains("GET /v2/"))
    }

    // MARK: Proxies

    @Test(.enabled(if: Tinyproxy.isAvailable, "needs tinyproxy"))
    func proxiesAreUsedAndPassedBy() throws {
        let plain = try registry(nil)
        let secure = try registry(authority.identity())
        let proxy = try Tinyproxy()
        let through = try pull(plain.address, ["http_proxy": "http://\(proxy.address)"])
        #expect(through.status == 0, "\(through)")
        #expect(try proxy.log().contains("GET http://\(plain.address)/v2/hello/manifests/1"))
        try Program("rm", "-rf", folder("cache")).run()
        let tunnel = try pull(
            secure.address, ["https_proxy": "http://\(proxy.address)", "SSL_CERT_FILE": authority.certificate])
        #expect(tunnel.status == 0, "\(tunnel)")
        #expect(try proxy.log().contains("CONNECT \(secure.address)"))
        try Program("rm", "-rf", folder("cache")).run()
        let before = try proxy.log()
        let direct = try pull(plain.address, ["http_proxy": "http://\(proxy.address)", "no_proxy": "127.0.0.1"])
        #expect(direct.status == 0, "\(direct)")
        #expect(try proxy.log() == before)
    }

    @Test(.enabled(if: Tinyproxy.isAvailable, "needs tinyproxy"))
    func aProxyMayAskForAPassword() throws {
        let registry = try registry(authority.identity())
        let proxy = try Tinyproxy(credentials: "eve s3cret")
        let good = try pull(
            registry.address,
            ["https_proxy": "http://eve:s3cret@\(proxy.address)", "SSL_CERT_FILE": authority.certificate])
        #expect(good.status == 0, "\(good)")
        let bad = try pull(
            registry.address,
            ["https_proxy": "http://eve:wr0ng@\(proxy.address)", "SSL_CERT_FILE": authority.certificate])
        #expect(bad.status == 1 && bad.errors.contains("the proxy refuses"), "\(bad)")
        #expect(!bad.errors.contains("wr0ng"))
    }

    @Test func aProxyThatIsNotThereIsNamed() throws {
        let port = try FreePort.find()
        var program = Program(
            "\(Commands.folder)/d-login", "-u", "bob", "--password-stdin", "registry.example")
        program.environment = ["HOME": folder.path, "https_proxy": "http://eve:s3cret@127.0.0.1:\(port)"]
        program.input = "x"
        let result = try program.run()
        #expect(result.status == 1 && result.errors.contains("port \(port)"), "\(result)")
        #expect(!result.errors.contains("s3cret"))
    }

    // MARK: What an earlier run left

    @Test func aPartThatProvesWrongIsDroppedOnceAndFetchedAnew() throws {
        let registry = try registry(nil)
        try #require(pull(registry.address, [:]).status == 0)
        let blobs = folder("cache/d-utils/blobs/sha256")
        let names = try FileManager.default.contentsOfDirectory(atPath: blobs)
        for name in names {
            var bytes = try Data(contentsOf: URL(filePath: "\(blobs)/\(name)"))
            bytes[10] ^= 0x40
            try bytes.prefix(bytes.count / 2).write(to: URL(filePath: "\(blobs)/\(name).part"))
            try FileManager.default.removeItem(atPath: "\(blobs)/\(name)")
        }
        let before = try registry.blobRequests()
        let result = try pull(registry.address, [:])
        #expect(result.status == 0 && result.errors.contains("damaged"), "\(result)")
        #expect(try registry.blobRequests() == before + 3, "the configuration, the rest of the layer, the whole layer")
        #expect(try registry.log().contains("206"), "the first of them asked for the rest")
    }
}
