import ContainerImage
import Foundation
import Synchronization

/// The token for a repository: fetched once for all who need it, and again when it has expired.
///
/// https://distribution.github.io/distribution/spec/auth/token/
final class TokenStore: Sendable {
    /// What stands in `Authorization`, and how often it was renewed.
    struct Authorization: Sendable {
        fileprivate(set) var header: String?
        fileprivate(set) var generation = 0
    }

    private static let tokenLimit: Int64 = 64 << 10

    private let repository: String
    private let transport: any HTTPTransport
    private let allowsPlainHTTP: Bool
    private let state = Mutex(Authorization())
    /// Held while a token is fetched, so that the others wait for it rather than fetch their own.
    private let fetching = NSLock()

    init(repository: String, transport: any HTTPTransport, allowsPlainHTTP: Bool) {
        self.repository = repository
        self.transport = transport
        self.allowsPlainHTTP = allowsPlainHTTP
    }

    var current: Authorization { state.withLock { $0 } }

    /// Answers the challenges of a 401 to a request that was sent with `used`. Returns false when there is nothing
    /// better to send than that.
    func answer(_ challenges: [AuthenticationChallenge], to url: URL, after used: Authorization) throws -> Bool {
        fetching.lock()
        defer { fetching.unlock() }
        if current.generation != used.generation { return true }
        guard let bearer = challenges.first(where: { $0.scheme == "bearer" }) else { return false }
        let token = try fetch(bearer, for: url)
        state.withLock { $0 = Authorization(header: "Bearer \(token)", generation: used.generation + 1) }
        return true
    }

    private func fetch(_ challenge: AuthenticationChallenge, for url: URL) throws -> String {
        let realm = challenge.parameters["realm"] ?? ""
        guard var components = URLComponents(string: realm), let scheme = components.scheme else {
            throw RegistryError.challenge(url: url.withoutSecrets, reason: "the realm '\(realm.prefix(200))' is no URL")
        }
        var items = components.queryItems ?? []
        if let service = challenge.parameters["service"] { items.append(URLQueryItem(name: "service", value: service)) }
        items.append(
            URLQueryItem(name: "scope", value: challenge.parameters["scope"] ?? "repository:\(repository):pull"))
        components.queryItems = items
        guard let tokenURL = components.url, let host = tokenURL.host() else {
            throw RegistryError.challenge(url: url.withoutSecrets, reason: "the realm '\(realm.prefix(200))' is no URL")
        }
        guard scheme == "https" || allowsPlainHTTP || RegistryClient.isLoopback(host) else {
            throw RegistryError.challenge(
                url: url.withoutSecrets, reason: "the realm '\(tokenURL.withoutSecrets)' is not https")
        }
        let (response, body) = try RegistryClient.collect(
            transport, HTTPRequest(url: tokenURL), limit: Self.tokenLimit, subject: "token")
        guard response.status == 200 else { throw RegistryClient.error(for: response, at: tokenURL) }
        let answer = JSONField(try JSON(parsing: body))
        guard let token = try answer["token"].string() ?? answer["access_token"].string(), !token.isEmpty,
            !token.contains(where: \.isNewline)
        else { throw RegistryError.challenge(url: tokenURL.withoutSecrets, reason: "the answer holds no token") }
        return token
    }
}
