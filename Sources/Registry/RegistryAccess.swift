import Foundation

/// How registries are reached: what a person chose, and what the environment says.
public struct RegistryAccess: Sendable {
    /// Lets http be spoken to any registry.
    let plainHTTP: Bool
    /// Where docker's images may be had nearer by, the first to be asked first: `host/v2/`, with a scheme.
    let mirrors: [URL]
    let credentials: CredentialStore
    let warnings: WarningLog
    var policy = RetryPolicy()

    /// Takes credentials and mirrors from where the environment says. `longestPause` is how long a server may make us
    /// wait, in seconds; `warn` is told what a person should know. Throws `RegistryError.unsupported` for a mirror
    /// that is no address.
    public init(
        environment: [String: String], plainHTTP: Bool = false, longestPause: Double = 60,
        warn: @escaping @Sendable (String) -> Void
    ) throws {
        self.plainHTTP = plainHTTP
        credentials = CredentialStore(environment: environment)
        warnings = WarningLog(warn)
        policy.longestPause = longestPause
        mirrors = try (environment["D_UTILS_MIRROR"] ?? "").split(separator: " ").map { word in
            guard let url = Self.mirror(String(word), plainHTTP) else {
                throw RegistryError.unsupported(
                    "'\(word)' in D_UTILS_MIRROR, where HOST[:PORT][/PATH] or https://... is expected,")
            }
            return url
        }
    }

    /// The scheme that a registry is spoken to with.
    func scheme(for host: String) -> String { plainHTTP || RegistryClient.isLoopback(host) ? "http" : "https" }

    private static func mirror(_ text: String, _ plainHTTP: Bool) -> URL? {
        let parts = text.components(separatedBy: "://")
        guard parts.count <= 2, parts.count == 1 || ["http", "https"].contains(parts[0]) else { return nil }
        let place = (parts.last ?? "").split(separator: "/")
        guard let host = place.first, !host.contains("@") else { return nil }
        let scheme =
            parts.count == 2 ? parts[0] : plainHTTP || RegistryClient.isLoopback(String(host)) ? "http" : "https"
        guard let url = URL(string: "\(scheme)://\(host)/v2/"), url.host()?.isEmpty == false else { return nil }
        return place.dropFirst().reduce(url) { $0.appending(path: "\($1)/") }
    }
}
