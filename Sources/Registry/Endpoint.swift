import Foundation
import Synchronization

/// A server that has the repository: the registry itself or a mirror of it.
final class Endpoint: Sendable {
    /// Where the repository is, `https://host/v2/name/`; or `https://host/v2/` of a registry as a whole.
    let base: URL
    /// A mirror that failed is not asked again.
    let isDropped = Atomic(false)
    private let tokens: TokenStore
    private let warnings: WarningLog

    init(base: URL, tokens: TokenStore, warnings: WarningLog) {
        self.base = base
        self.tokens = tokens
        self.warnings = warnings
    }

    /// Sends a request with the authorization there is, and again with a better one if that is refused.
    func authorized(_ request: HTTPRequest, send: (HTTPRequest) throws -> HTTPResponse) throws -> HTTPResponse {
        var renewals = 0
        while true {
            let authorization = try tokens.current(for: request.url)
            var request = request
            request.headers["Authorization"] = authorization.header
            let response = try send(request)
            warnings.note(response, from: base)
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
