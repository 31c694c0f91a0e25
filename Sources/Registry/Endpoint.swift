import Foundation
import Synchronization

/// A server that has the repository: the registry itself or a mirror of it.
final class Endpoint: Sendable {
    /// What Go, nginx and Apache answer to http where they speak https.
    private static let wantsHTTPS = ["an https server", "to https port", "ssl-enabled server"]

    /// Where the repository is, `https://host/v2/name/`; or `https://host/v2/` of a registry as a whole.
    var base: URL { isSecure.load(ordering: .relaxed) ? plainBase.secured : plainBase }
    private let plainBase: URL
    /// A server on this machine is spoken to by http until it says that it wants https.
    private let isSecure = Atomic(false)
    /// A mirror that failed is not asked again.
    let isDropped = Atomic(false)
    private let tokens: TokenStore
    private let warnings: WarningLog

    init(base: URL, tokens: TokenStore, warnings: WarningLog) {
        plainBase = base
        self.tokens = tokens
        self.warnings = warnings
    }

    /// Sends a request with the authorization there is, and again with a better one if that is refused.
    func authorized(_ request: HTTPRequest, send: (HTTPRequest) throws -> HTTPResponse) throws -> HTTPResponse {
        var renewals = 0
        while true {
            var request = request
            if isSecure.load(ordering: .relaxed) { request.url = request.url.secured }
            let authorization = try tokens.current(for: request.url)
            request.headers["Authorization"] = authorization.header
            let response = try send(request)
            warnings.note(response, from: base)
            if response.status == 400, request.url.scheme == "http", RegistryClient.isLoopback(base.host() ?? "") {
                let words = String(decoding: response.body.prefix(1000), as: UTF8.self).lowercased()
                isSecure.store(Self.wantsHTTPS.contains(where: words.contains), ordering: .relaxed)
                guard isSecure.load(ordering: .relaxed) else { return response }
                continue
            }
            // Only who was asked may ask back, not the place that a redirect led to.
            guard response.status == 401, renewals < 2, response.url?.hasSameOrigin(as: request.url) ?? true else {
                return response
            }
            let challenges = AuthenticationChallenge.parse(response.headers["www-authenticate"] ?? "")
            guard try tokens.answer(challenges, to: request.url, after: authorization) else { return response }
            renewals += 1
        }
    }

    /// The error that an answer means.
    func error(for response: HTTPResponse, at url: URL) -> RegistryError {
        guard [401, 403].contains(response.status) else { return RegistryClient.error(for: response, at: url) }
        return .unauthorized(
            url: url.withoutSecrets, words: RegistryClient.words(of: response), credentials: tokens.words)
    }
}
