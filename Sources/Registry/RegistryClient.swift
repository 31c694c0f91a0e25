import ContainerImage
import Foundation
import Synchronization

/// Asks a registry for the manifests and blobs of a repository.
///
/// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling
final class RegistryClient: Sendable {
    static let manifestLimit: Int64 = 4 << 20
    static let configLimit: Int64 = 8 << 20

    let reference: Reference
    private let base: URL
    private let transport: any HTTPTransport
    private let tokens: TokenStore
    private let policy: RetryPolicy
    private let isCancelled = Atomic(false)

    init(_ reference: Reference, plainHTTP: Bool, transport: any HTTPTransport, policy: RetryPolicy = RetryPolicy())
        throws
    {
        self.reference = reference
        self.transport = transport
        self.policy = policy
        let host = reference.registry == "docker.io" ? "registry-1.docker.io" : reference.registry
        let scheme = plainHTTP || Self.isLoopback(host) ? "http" : "https"
        guard let base = URL(string: "\(scheme)://\(host)/v2/\(reference.repository)/") else {
            throw RegistryError.unsupported("a registry at '\(host)'")
        }
        self.base = base
        tokens = TokenStore(repository: reference.repository, transport: transport, allowsPlainHTTP: plainHTTP)
    }

    /// Hosts that are this machine need no encryption: `localhost`, `127.0.0.0/8`, `[::1]`, each with or without port.
    static func isLoopback(_ host: String) -> Bool {
        let name = host.hasPrefix("[") ? String(host.prefix { $0 != "]" }) + "]" : String(host.prefix { $0 != ":" })
        return name == "localhost" || name == "[::1]" || host == "::1"
            || name.hasPrefix("127.") && name.split(separator: ".").count == 4
                && name.allSatisfy { $0.isNumber || $0 == "." }
    }

    func checkCancelled() throws {
        if isCancelled.load(ordering: .relaxed) { throw RegistryError.cancelled }
    }

    func cancel() {
        isCancelled.store(true, ordering: .relaxed)
        transport.cancel()
    }

    /// A manifest or index by tag or digest, with its `Content-Type`. Nothing of it is verified.
    func manifest(_ identifier: String) throws -> (body: [UInt8], mediaType: String?) {
        let url = base.appending(path: "manifests/\(identifier)")
        let headers = ["Accept": MediaType.manifests.joined(separator: ", ")]
        let (response, body) = try document(HTTPRequest(url: url, headers: headers), limit: Self.manifestLimit)
        guard response.status == 200 else {
            guard response.status != 404 else {
                throw RegistryError.notFound(reference, words: Self.words(of: response))
            }
            throw Self.error(for: response, at: url)
        }
        return (body, response.headers["content-type"])
    }

    /// A small blob. Nothing of it is verified.
    func blob(_ descriptor: Descriptor) throws -> [UInt8] {
        let url = blobURL(descriptor)
        let (response, body) = try document(HTTPRequest(url: url), limit: min(descriptor.size, Self.configLimit))
        guard response.status == 200 else { throw Self.error(for: response, at: url) }
        return body
    }

    /// Streams a blob from `offset` on to `receive`, which tells whether it wants more. `begin` is told where the body
    /// begins: at `offset`, or at 0 where the server knows no ranges. Sent once, but for a new token.
    func stream(
        _ descriptor: Descriptor, from offset: Int64, begin: @escaping @Sendable (Int64) -> Void,
        receive: @escaping @Sendable (Data) -> Bool
    ) throws -> HTTPResponse {
        let url = blobURL(descriptor)
        let headers = offset > 0 ? ["Range": "bytes=\(offset)-"] : [:]
        return try authorized(HTTPRequest(url: url, headers: headers)) { request in
            try self.transport.get(
                request,
                accepts: { response in
                    switch response.status {
                    case 200: begin(0)
                    case 206 where Self.rangeStart(of: response) == offset: begin(offset)
                    default: return false
                    }
                    return true
                }, receive: receive)
        }
    }

    /// Waits before a request is sent again; `failures` counts those before. Throws what is to be told when the failure
    /// is none that may pass, has come too often, or when the server wants more patience than the policy has.
    func wait(afterFailures failures: Int, _ error: any Error) throws {
        try checkCancelled()
        var pause = policy.pause(before: failures)
        switch error {
        case let status as TransientStatus:
            if let asked = RetryPolicy.retryAfter(status.response) {
                guard asked <= policy.longestPause else {
                    throw RegistryError.retryLater(
                        url: status.url.withoutSecrets, seconds: Int(min(asked, 1e9).rounded(.up)))
                }
                pause = max(asked, 0.01)
            }
            guard failures < policy.retries else { throw Self.error(for: status.response, at: status.url) }
        case RegistryError.transfer: guard failures < policy.retries else { throw error }
        default: throw error
        }
        let end = Date(timeIntervalSinceNow: pause)
        while Date.now < end {
            try checkCancelled()
            Thread.sleep(until: min(end, Date(timeIntervalSinceNow: 0.1)))
        }
    }

    func blobURL(_ descriptor: Descriptor) -> URL { base.appending(path: "blobs/\(descriptor.digest)") }

    /// A whole document, asked for again after failures that may pass.
    private func document(_ request: HTTPRequest, limit: Int64) throws -> (HTTPResponse, [UInt8]) {
        var failures = 0
        while true {
            do {
                let answer = try authorized(request) { request in
                    try Self.collect(self.transport, request, limit: limit, subject: request.url.withoutSecrets)
                } status: {
                    $0.0
                }
                guard RetryPolicy.isTransient(answer.0.status) else { return answer }
                throw TransientStatus(response: answer.0, url: request.url)
            } catch {
                try wait(afterFailures: failures, error)
                failures += 1
            }
        }
    }

    /// Sends a request with the token there is, and once more with a new one if that is refused.
    private func authorized(
        _ request: HTTPRequest, _ send: (HTTPRequest) throws -> HTTPResponse
    ) throws -> HTTPResponse {
        try authorized(request, send) { $0 }
    }

    private func authorized<Answer>(
        _ request: HTTPRequest, _ send: (HTTPRequest) throws -> Answer, status: (Answer) -> HTTPResponse
    ) throws -> Answer {
        var renewals = 0
        while true {
            let authorization = tokens.current
            var request = request
            request.headers["Authorization"] = authorization.header
            let answer = try send(request)
            let response = status(answer)
            guard response.status == 401 else { return answer }
            let challenges = AuthenticationChallenge.parse(response.headers["www-authenticate"] ?? "")
            guard renewals < 2, try tokens.answer(challenges, to: request.url, after: authorization) else {
                throw RegistryError.unauthorized(url: request.url.withoutSecrets, words: Self.words(of: response))
            }
            renewals += 1
        }
    }

    private static func rangeStart(of response: HTTPResponse) -> Int64? {
        let range = response.headers["content-range"] ?? ""
        return range.hasPrefix("bytes ") ? Int64(range.dropFirst(6).prefix { $0.isNumber }) : nil
    }
}
