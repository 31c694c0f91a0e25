import Foundation

/// Sends a request and hands on what comes back while it comes.
protocol HTTPTransport: Sendable {
    /// Blocks until the exchange is over. `receive` gets the body of a response that `accepts` took, in order; when it
    /// returns false the exchange is broken off. Throws `RegistryError.transfer` when there is no whole response.
    func send(
        _ request: HTTPRequest, accepts: @escaping @Sendable (HTTPResponse) -> Bool,
        receive: @escaping @Sendable (Data) -> Bool
    ) throws -> HTTPResponse

    /// Ends every exchange, now and later, with `RegistryError.cancelled`.
    func cancel()
}

/// What is asked for.
struct HTTPRequest: Sendable {
    var url: URL
    var headers: [String: String] = [:]
    /// What is sent with POST; nil for GET.
    var form: Data?
    /// Where a redirect may lead.
    var mayGoTo: @Sendable (URL) -> Bool = { _ in true }
}

/// The head of an answer, and its body: if nobody else wanted that, at most 64 KiB of it.
struct HTTPResponse: Sendable {
    static let wordsLimit = 64 << 10

    let status: Int
    /// Names in lowercase.
    let headers: [String: String]
    var body = Data()
    /// Who answered, after all redirects.
    var url: URL?
}

extension URL {
    /// `host[:port]`, as people name a server.
    var hostAndPort: String { (host() ?? "") + (port.map { ":\($0)" } ?? "") }

    /// The URL as messages show it: without query, user and password, which may hold secrets.
    var withoutSecrets: String {
        (scheme ?? "") + "://" + hostAndPort + path()
    }

    /// The same with https.
    var secured: URL { URL(string: "https:" + absoluteString.dropFirst((scheme ?? "").count + 1)) ?? self }

    /// Whether a header with a secret may go from one to the other.
    func hasSameOrigin(as other: URL) -> Bool {
        scheme?.lowercased() == other.scheme?.lowercased() && host()?.lowercased() == other.host()?.lowercased()
            && (port ?? defaultPort) == (other.port ?? other.defaultPort)
    }

    private var defaultPort: Int { scheme?.lowercased() == "https" ? 443 : 80 }
}
