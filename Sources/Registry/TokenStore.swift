import ContainerImage
import Foundation
import Synchronization

/// What is sent as `Authorization` to a server: fetched once for all who need it, and again when it has expired.
///
/// https://distribution.github.io/distribution/spec/auth/token/ and, for identity tokens, .../auth/oauth/
final class TokenStore: Sendable {
    /// What stands in `Authorization`, and how often it was renewed.
    struct Authorization: Sendable {
        fileprivate(set) var header: String?
        fileprivate(set) var generation = 0
    }

    private struct State {
        var authorization = Authorization()
        /// When the token runs out, and the challenge that another one answers.
        var expiry = Date.distantFuture
        var challenge: AuthenticationChallenge?
        var finding: CredentialStore.Finding?
    }

    private static let tokenLimit: Int64 = 64 << 10
    /// How long a token lives, in seconds, when the server does not say.
    private static let defaultLifetime: Int64 = 60

    /// What a token is asked for when the challenge does not say; nil for nothing but the check of who asks.
    private let scope: String?
    private let transport: any HTTPTransport
    private let allowsPlainHTTP: Bool
    private let findCredentials: @Sendable () -> CredentialStore.Finding
    private let state = Mutex(State())
    /// Held while a token is fetched, so that the others wait for it rather than fetch their own.
    private let fetching = NSLock()

    init(
        scope: String?, transport: any HTTPTransport, allowsPlainHTTP: Bool,
        findCredentials: @escaping @Sendable () -> CredentialStore.Finding
    ) {
        self.scope = scope
        self.transport = transport
        self.allowsPlainHTTP = allowsPlainHTTP
        self.findCredentials = findCredentials
    }

    /// How a refusal tells what credentials were used.
    var words: String { state.withLock { $0.finding?.words } ?? "it did not ask for credentials" }

    /// Whether the server wanted to know who asks.
    var wasAsked: Bool { state.withLock { $0.finding != nil } }

    /// What to send to `url`; an expired token is renewed first. Throws when that fails.
    func current(for url: URL) throws -> Authorization {
        let (authorization, challenge) = state.withLock {
            ($0.authorization, $0.expiry <= .now ? $0.challenge : nil)
        }
        guard let challenge else { return authorization }
        _ = try answer([challenge], to: url, after: authorization)
        return state.withLock { $0.authorization }
    }

    /// Answers the challenges of a 401 to a request that was sent with `used`. Returns false when there is nothing
    /// better to send than that.
    func answer(_ challenges: [AuthenticationChallenge], to url: URL, after used: Authorization) throws -> Bool {
        guard challenges.contains(where: { ["bearer", "basic"].contains($0.scheme) }) else { return false }
        fetching.lock()
        defer { fetching.unlock() }
        guard state.withLock({ $0.authorization.generation }) == used.generation else { return true }
        let finding = state.withLock { $0.finding } ?? findCredentials()
        state.withLock { $0.finding = finding }
        if let bearer = challenges.first(where: { $0.scheme == "bearer" }) {
            let start = Date.now
            let (token, lifetime) = try fetch(bearer, for: url, finding)
            use("Bearer \(token)", after: used, until: start + lifetime, renewedBy: bearer)
        } else if let basic = finding.credentials?.basic, basic != used.header {
            use(basic, after: used, until: .distantFuture, renewedBy: nil)
        } else {
            return false
        }
        return true
    }

    private func use(
        _ header: String, after used: Authorization, until expiry: Date, renewedBy challenge: AuthenticationChallenge?
    ) {
        state.withLock { state in
            state.authorization = Authorization(header: header, generation: used.generation + 1)
            state.expiry = expiry
            state.challenge = challenge
        }
    }

    private func fetch(
        _ challenge: AuthenticationChallenge, for url: URL, _ finding: CredentialStore.Finding
    ) throws -> (token: String, lifetime: TimeInterval) {
        let realm = try realm(challenge, for: url)
        var items: [URLQueryItem] = []
        if let service = challenge.parameters["service"] { items.append(URLQueryItem(name: "service", value: service)) }
        if let scope = challenge.parameters["scope"] ?? scope {
            items.append(URLQueryItem(name: "scope", value: scope))
        }
        if case .identityToken(let token) = finding.credentials?.secret,
            let answer = try exchange(token, items, at: realm)
        {
            return try read(answer, from: realm)
        }
        var components = URLComponents(url: realm, resolvingAgainstBaseURL: false)
        let ownItems = components?.queryItems ?? []
        components?.queryItems = ownItems + items
        guard let tokenURL = components?.url else { throw Self.noURL(realm.absoluteString, url) }
        var request = HTTPRequest(url: tokenURL)
        request.headers["Authorization"] = finding.credentials?.basic
        let response = try ask(request)
        switch response.status {
        case 200: return try read(response, from: tokenURL)
        case 401, 403:
            throw RegistryError.unauthorized(
                url: tokenURL.withoutSecrets, words: RegistryClient.words(of: response), credentials: finding.words)
        default: throw RegistryClient.error(for: response, at: tokenURL)
        }
    }

    /// The address of the token server; secrets go there, so it must be safe.
    private func realm(_ challenge: AuthenticationChallenge, for url: URL) throws -> URL {
        let text = challenge.parameters["realm"] ?? ""
        guard let realm = URL(string: text), let host = realm.host(), !host.isEmpty else { throw Self.noURL(text, url) }
        guard realm.scheme == "https" || realm.scheme == "http" && (allowsPlainHTTP || RegistryClient.isLoopback(host))
        else {
            throw RegistryError.challenge(
                url: url.withoutSecrets, reason: "the realm '\(realm.withoutSecrets)' is not https")
        }
        return realm
    }

    private static func noURL(_ realm: String, _ url: URL) -> RegistryError {
        .challenge(url: url.withoutSecrets, reason: "the realm '\(realm.prefix(200))' is no URL")
    }

    /// Sends an identity token as a form; nil when the server does not take that, as some that know only GET.
    private func exchange(_ token: String, _ items: [URLQueryItem], at realm: URL) throws -> HTTPResponse? {
        let fields =
            [("grant_type", "refresh_token"), ("client_id", "d-utils"), ("refresh_token", token)]
            + items.map { ($0.name, $0.value ?? "") }
        let unreserved = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        let form = fields.map { name, value in
            "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: unreserved) ?? "")"
        }
        var request = HTTPRequest(url: realm, headers: ["Content-Type": "application/x-www-form-urlencoded"])
        request.form = Data(form.joined(separator: "&").utf8)
        let response = try ask(request)
        return response.status == 200 ? response : nil
    }

    private func ask(_ request: HTTPRequest) throws -> HTTPResponse {
        let response = try RegistryClient.collect(transport, request, limit: Self.tokenLimit, subject: "token")
        guard !RetryPolicy.isTransient(response.status) else {
            throw TransientStatus(response: response, url: request.url)
        }
        return response
    }

    private func read(_ response: HTTPResponse, from url: URL) throws -> (token: String, lifetime: TimeInterval) {
        do {
            let answer = JSONField(try JSON(parsing: [UInt8](response.body)))
            // Some servers send an empty one of the two.
            let tokens = [try answer["token"].string(), try answer["access_token"].string()]
            guard let token = tokens.compactMap(\.self).first(where: { !$0.isEmpty }),
                token.unicodeScalars.allSatisfy({ (0x21...0x7e).contains($0.value) })
            else { throw answer["token"].invalid("the answer holds no token") }
            let announced = (try? answer["expires_in"].integer()) ?? Self.defaultLifetime
            return (token, TimeInterval(announced > 0 ? announced : Self.defaultLifetime))
        } catch {
            throw RegistryError.challenge(url: url.withoutSecrets, reason: "\(error)")
        }
    }
}
