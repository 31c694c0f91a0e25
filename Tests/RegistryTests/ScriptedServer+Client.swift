import ContainerImage
import Foundation
import Synchronization

@testable import Registry

extension RegistryAccess {
    /// What tests reach registries with: short pauses, and nothing but `environment` of this machine.
    static func quick(_ environment: [String: String] = [:], warn: @escaping @Sendable (String) -> Void = { _ in })
        throws -> RegistryAccess
    {
        var access = try RegistryAccess(environment: environment, longestPause: 2, warn: warn)
        access.policy.retries = 3
        access.policy.firstPause = 0.01
        return access
    }
}

extension ScriptedServer {
    /// A client for a repository of this server.
    func client(
        _ name: String = "a/b:1", access: RegistryAccess? = nil, transport: any HTTPTransport = URLSessionTransport()
    ) throws -> RegistryClient {
        try RegistryClient(
            Reference(parsing: "\(address)/\(name)"), access: access ?? .quick(), transport: transport)
    }
}

/// Sends what is for some servers of the world to others on the loopback.
struct DetourTransport: HTTPTransport {
    /// Beginnings of URLs, and what stands there instead.
    let detours: [String: String]
    let transport = URLSessionTransport()

    func send(
        _ request: HTTPRequest, accepts: @escaping @Sendable (HTTPResponse) -> Bool,
        receive: @escaping @Sendable (Data) -> Bool
    ) throws -> HTTPResponse {
        var text = request.url.absoluteString
        for (start, detour) in detours where text.hasPrefix(start) { text = detour + text.dropFirst(start.count) }
        var detoured = HTTPRequest(url: URL(string: text) ?? request.url, headers: request.headers)
        detoured.form = request.form
        var response = try transport.send(detoured, accepts: accepts, receive: receive)
        response.url = request.url
        return response
    }

    func cancel() { transport.cancel() }
}
