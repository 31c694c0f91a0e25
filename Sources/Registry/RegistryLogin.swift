public import ContainerImage
import Foundation

/// Asks a registry whether it knows a user and a password.
public struct RegistryLogin: Sendable {
    /// The registry's name as people know it.
    public let registry: String

    /// Takes `HOST[:PORT]`, `docker.io`, or an address with `https://`. Throws `ReferenceError`.
    public init(parsing text: String) throws(ReferenceError) {
        var name = text[...]
        if name.hasPrefix("https://") { name = name.dropFirst("https://".count) }
        while name.hasSuffix("/") { name.removeLast() }
        let reference = try Reference(parsing: "\(name)/login/check")
        guard !name.contains("/"), reference.registry == name || reference.registry == "docker.io" && name.contains(".")
        else { throw .invalidRegistry(String(name), in: text) }
        registry = reference.registry
    }

    /// Whether the registry asked for the credentials, and so has checked them. Throws `RegistryError` when it refuses
    /// them or cannot be reached.
    public func check(user: String, password: String, access: RegistryAccess) throws -> Bool {
        let host = RegistryClient.host(of: registry)
        guard let url = URL(string: "\(access.scheme(for: host))://\(host)/v2/") else {
            throw RegistryError.unsupported("a registry at '\(host)'")
        }
        let credentials = Credentials(user: user, secret: password, source: "this login")
        let finding = CredentialStore.Finding(credentials: credentials, words: "nothing was stored")
        let transport = URLSessionTransport()
        let tokens = TokenStore(scope: nil, transport: transport, allowsPlainHTTP: access.plainHTTP) { finding }
        let endpoint = Endpoint(base: url, tokens: tokens, warnings: access.warnings)
        do {
            let response = try endpoint.authorized(HTTPRequest(url: url)) { request in
                try RegistryClient.collect(transport, request, limit: RegistryClient.manifestLimit, subject: "answer")
            }
            guard response.status == 200 else { throw endpoint.error(for: response, at: url) }
            return tokens.wasAsked
        } catch let status as TransientStatus {
            throw RegistryClient.error(for: status.response, at: status.url)
        }
    }
}
