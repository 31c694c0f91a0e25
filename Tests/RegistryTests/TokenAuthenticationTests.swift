import ContainerImage
import Foundation
import TestSupport
import Testing

@testable import Registry

/// docker-registry's own token authentication, with a token server that signs by openssl. That skopeo can push there
/// shows that the server is right.
@Suite(
    .enabled(
        if: DockerRegistry.isAvailable && Program.exists("openssl"), "needs docker-registry, skopeo and openssl"))
struct TokenAuthenticationTests {
    private let folder: TemporaryFolder
    private let tokens: ScriptedServer
    private let registry: DockerRegistry

    init() throws {
        folder = try TemporaryFolder()
        let made = try Program(
            "sh", "-ec",
            """
            openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test -keyout "$1/key" -out "$1/certificate"
            """, "sh", folder.path
        ).run()
        try #require(made.status == 0, "\(made)")
        let lines = try String(contentsOfFile: folder("certificate"), encoding: .utf8).split(separator: "\n")
        let certificate = lines.dropFirst().dropLast().joined()
        tokens = try ScriptedServer { [folder] request, _ in
            let expected = "Basic " + Data("bob:\(DockerRegistry.password)".utf8).base64EncodedString()
            guard request.headers["authorization"] == expected else { return .init(status: 401) }
            let query = URLComponents(string: request.path)?.queryItems ?? []
            let scopes = query.filter { $0.name == "scope" }.compactMap(\.value)
            guard let token = try? Self.token(for: scopes, certificate, key: folder("key")) else {
                return .init(status: 500)
            }
            return .init(body: Array(#"{"token":"\#(token)","expires_in":300}"#.utf8))
        }
        registry = try DockerRegistry(
            .token(
                realm: "http://\(tokens.address)/token", certificate: folder("certificate"),
                credentials: "bob:\(DockerRegistry.password)"))
        try registry.push(layout: Fixture.path("images/hello"), tag: "latest", as: "a/hello:1")
    }

    /// A JSON web token (RFC 7519) that allows what the scopes ask for.
    private static func token(for scopes: [String], _ certificate: String, key: String) throws -> String {
        let access = scopes.compactMap { scope -> String? in
            let parts = scope.split(separator: ":")
            guard parts.count == 3 else { return nil }
            let actions = parts[2].split(separator: ",").map { "\"\($0)\"" }.joined(separator: ",")
            return #"{"type":"\#(parts[0])","name":"\#(parts[1])","actions":[\#(actions)]}"#
        }
        let now = Int(Date().timeIntervalSince1970)
        let header = #"{"typ":"JWT","alg":"RS256","x5c":["\#(certificate)"]}"#
        let claims = """
            {"iss":"test","sub":"bob","aud":"test","exp":\(now + 300),"nbf":\(now - 60),"iat":\(now),\
            "jti":"\(UUID().uuidString)","access":[\(access.joined(separator: ","))]}
            """
        let signed = url(Data(header.utf8).base64EncodedString()) + "." + url(Data(claims.utf8).base64EncodedString())
        var sign = Program("sh", "-c", #"openssl dgst -sha256 -sign "$1" | base64 -w0"#, "sh", key)
        sign.input = signed
        return try signed + "." + url(sign.run().output)
    }

    private static func url(_ base64: String) -> String {
        base64.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    private func source(_ files: String) throws -> ImageSource {
        try folder.write(files, to: "config.json")
        return try ImageSource(
            .registry(Reference(parsing: "\(registry.address)/a/hello:1")), cache: .none,
            access: .quick(["DOCKER_CONFIG": folder.path])
        ) { path in throw RegistryError.unsupported(path) }
    }

    @Test func oneTokenServesTheWholePull() throws {
        let before = tokens.requests.count
        let password = DockerRegistry.password
        let source = try source(
            #"{"auths": {"\#(registry.address)": {"username": "bob", "password": "\#(password)"}}}"#)
        let image = try source.image(for: Platform(os: "linux", architecture: "amd64"))
        for blob in source.blobs(of: image) {
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            var span = chunk.mutableSpan
            var buffer = span.mutableBytes
            var count: Int64 = 0
            while count < blob.descriptor.size { count += Int64(try blob.read(into: &buffer, at: count)) }
            #expect(count == blob.descriptor.size)
        }
        #expect(tokens.requests.count == before + 1)
        #expect(tokens.requests.last?.path.contains("repository:a/hello:pull") == true)
        #expect(tokens.requests.allSatisfy { !$0.path.contains(password) })
        #expect(try !registry.log().contains(password))
    }

    @Test func withoutCredentialsItIsRefused() throws {
        let error = #expect(throws: RegistryError.self) {
            try source("{}").image(for: Platform(os: "linux", architecture: "amd64"))
        }
        #expect(error?.description.contains("d-login \(registry.address)") == true)
    }

    @Test func loginChecksThePassword() throws {
        let login = try RegistryLogin(parsing: registry.address)
        #expect(try login.check(user: "bob", password: DockerRegistry.password, access: .quick()))
        let error = #expect(throws: RegistryError.self) {
            try login.check(user: "bob", password: "wrong", access: .quick())
        }
        #expect(error?.description.contains("nothing was stored") == true)
        let paths = tokens.requests.suffix(2).map(\.path)
        #expect(paths.allSatisfy { !$0.contains("scope") }, "\(paths)")
    }
}
