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
    let transport: any HTTPTransport
    let registry: Endpoint
    /// Asked before the registry, in this order.
    private let mirrors: [Endpoint]
    private let access: RegistryAccess
    private let isCancelled = Atomic(false)

    init(_ reference: Reference, access: RegistryAccess, transport: any HTTPTransport) throws {
        self.reference = reference
        self.transport = transport
        self.access = access
        let host = Self.host(of: reference.registry)
        guard let root = URL(string: "\(access.scheme(for: host))://\(host)/v2/") else {
            throw RegistryError.unsupported("a registry at '\(host)'")
        }
        func endpoint(_ root: URL, _ name: String) -> Endpoint {
            let tokens = TokenStore(
                scope: "repository:\(reference.repository):pull", transport: transport,
                allowsPlainHTTP: access.plainHTTP
            ) {
                access.credentials.find(registry: name, repository: reference.repository)
            }
            return Endpoint(
                base: root.appending(path: reference.repository + "/"), tokens: tokens, warnings: access.warnings)
        }
        registry = endpoint(root, reference.registry)
        let isMirrored = reference.registry == "docker.io"
        mirrors = isMirrored ? access.mirrors.map { endpoint($0, $0.hostAndPort) } : []
    }

    /// Where a registry is that people know by this name.
    static func host(of registry: String) -> String { registry == "docker.io" ? "registry-1.docker.io" : registry }

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
        let headers = ["Accept": MediaType.manifests.joined(separator: ", ")]
        let response = try document(
            "manifests/\(identifier)", headers, limit: Self.manifestLimit, digest: try? Digest(parsing: identifier))
        return ([UInt8](response.body), response.headers["content-type"])
    }

    /// A small blob. Nothing of it is verified.
    func blob(_ descriptor: Descriptor) throws -> [UInt8] {
        let limit = min(descriptor.size, Self.configLimit)
        return [UInt8](
            try document("blobs/\(descriptor.digest)", limit: limit, digest: descriptor.digest).body)
    }

    /// Streams a blob from `offset` on to `receive`, which tells whether it wants more. `begin` is told where the body
    /// begins, at `offset`, or at 0 where the server knows no ranges, and the mirror that it comes from, if it does. Sent
    /// once, but for a new token, to the first server that has it.
    func stream(
        _ descriptor: Descriptor, from offset: Int64, begin: @escaping @Sendable (Int64, Endpoint?) -> Void,
        receive: @escaping @Sendable (Data) -> Bool
    ) throws -> HTTPResponse {
        let hasBegun = Atomic(false)
        let send = { @Sendable (mirror: Endpoint?, request: HTTPRequest) in
            try self.transport.send(
                request,
                accepts: { response in
                    switch response.status {
                    case 200: begin(0, mirror)
                    case 206 where Self.rangeStart(of: response) == offset: begin(offset, mirror)
                    default: return false
                    }
                    hasBegun.store(true, ordering: .relaxed)
                    return true
                }, receive: receive)
        }
        let headers = offset > 0 ? ["Range": "bytes=\(offset)-"] : [:]
        for mirror in mirrors where !mirror.isDropped.load(ordering: .relaxed) {
            let url = mirror.base.appending(path: "blobs/\(descriptor.digest)")
            do {
                let response = try mirror.authorized(HTTPRequest(url: url, headers: headers)) { try send(mirror, $0) }
                if [200, 206, 416].contains(response.status) { return response }
                try passOver(mirror, because: mirror.error(for: response, at: url))
            } catch {
                try passOver(mirror, because: error)
                if hasBegun.load(ordering: .relaxed) { throw error }
            }
        }
        let request = HTTPRequest(url: blobURL(descriptor), headers: headers)
        let response = try registry.authorized(request) { try send(nil, $0) }
        guard [401, 403, 404].contains(response.status) else { return response }
        return try foreign(descriptor, headers) { try send(nil, $0) } ?? response
    }

    /// Waits before a request is sent again; `failures` counts those before. Throws what is to be told when the failure
    /// is none that may pass, has come too often, or when the server wants more patience than the policy has.
    func wait(afterFailures failures: Int, _ error: any Error) throws {
        try checkCancelled()
        let policy = access.policy
        var pause = policy.pause(before: failures)
        switch error {
        case let status as TransientStatus:
            if let asked = RetryPolicy.retryAfter(status.response) {
                guard asked <= policy.longestPause else {
                    throw RegistryError.retryLater(
                        url: status.url.withoutSecrets, status: status.response.status,
                        seconds: Int(min(asked, 1e9).rounded(.up)), words: Self.rateLimit(of: status.response))
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

    func blobURL(_ descriptor: Descriptor) -> URL { registry.base.appending(path: "blobs/\(descriptor.digest)") }

    /// The error that an answer of the registry means.
    func error(for response: HTTPResponse, at url: URL) -> RegistryError { registry.error(for: response, at: url) }

    /// A whole document from the first server that has it. What is not what `digest` says counts as none on a mirror.
    private func document(
        _ path: String, _ headers: [String: String] = [:], limit: Int64, digest: Digest?
    ) throws -> HTTPResponse {
        for mirror in mirrors where !mirror.isDropped.load(ordering: .relaxed) {
            let request = HTTPRequest(url: mirror.base.appending(path: path), headers: headers)
            do {
                let response = try once(request, of: mirror, limit: limit)
                guard response.status == 200 else { throw mirror.error(for: response, at: request.url) }
                let found = Digest(of: [UInt8](response.body), digest?.algorithm ?? .sha256)
                guard found == digest ?? found else {
                    throw RegistryError.wrongDigest(subject: path, found: found, expected: digest ?? found)
                }
                return response
            } catch {
                try passOver(mirror, because: error)
            }
        }
        let request = HTTPRequest(url: registry.base.appending(path: path), headers: headers)
        let response = try document(request, limit: limit)
        if response.status == 404, path.hasPrefix("manifests/") {
            throw RegistryError.notFound(reference, words: Self.words(of: response))
        }
        guard response.status == 200 else { throw error(for: response, at: request.url) }
        return response
    }

    /// A whole document of the registry, asked for again after failures that may pass.
    func document(_ request: HTTPRequest, limit: Int64) throws -> HTTPResponse {
        var failures = 0
        while true {
            do {
                let response = try once(request, of: registry, limit: limit)
                guard RetryPolicy.isTransient(response.status) else { return response }
                throw TransientStatus(response: response, url: request.url)
            } catch {
                try wait(afterFailures: failures, error)
                failures += 1
            }
        }
    }

    private func once(_ request: HTTPRequest, of endpoint: Endpoint, limit: Int64) throws -> HTTPResponse {
        try endpoint.authorized(request) { request in
            try Self.collect(transport, request, limit: limit, subject: request.url.withoutSecrets)
        }
    }

    /// Goes on without a mirror: one that has not got what was asked for may have the next, any other is dropped.
    private func passOver(_ mirror: Endpoint, because error: any Error) throws {
        try checkCancelled()
        if case RegistryError.response(_, 404, _) = error { return }
        let words = (error as? TransientStatus).map { "\(Self.error(for: $0.response, at: $0.url))" } ?? "\(error)"
        if !mirror.isDropped.exchange(true, ordering: .relaxed) {
            access.warnings.note("the mirror is left out: \(words)")
        }
    }

    private static func rangeStart(of response: HTTPResponse) -> Int64? {
        let range = response.headers["content-range"] ?? ""
        return range.hasPrefix("bytes ") ? Int64(range.dropFirst(6).prefix { $0.isNumber }) : nil
    }
}
