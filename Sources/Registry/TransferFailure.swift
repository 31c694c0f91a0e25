import Foundation

/// What URLSession's errors mean. Most of libcurl's come as one number and differ in their words only.
enum TransferFailure {
    /// Words of libcurl and OpenSSL after which another try is in vain, and ours.
    private static let obstacles = [
        ("has expired", "the server's certificate has expired"),
        ("not yet valid", "the server's certificate is not valid yet; is the clock right?"),
        ("subject name", "the server's certificate is for another name"),
        ("does not match", "the server's certificate is for another name"),
        (
            "issuer certificate",
            "the server's certificate comes from an authority unknown here; SSL_CERT_FILE can name a file with others"
        ),
        (
            "self-signed",
            "the server's certificate comes from an authority unknown here; SSL_CERT_FILE can name a file with others"
        ),
        ("certificate problem", "the server's certificate is not accepted"),
        ("wrong version number", "the server does not speak https"),
        ("CONNECT tunnel failed, response 4", "the proxy refuses to connect"),
        ("Too large response headers", "the answer's headers are too long"),
    ]

    static func error(for error: NSError, at url: URL) -> RegistryError {
        let detail = error.localizedDescription
        if let (_, words) = obstacles.first(where: { detail.contains($0.0) }) {
            return .blocked(url: url.withoutSecrets, reason: "\(words) (\(detail))")
        }
        let words =
            switch error.code {
            case NSURLErrorCannotFindHost where detail.contains("proxy"): "the proxy's name cannot be resolved"
            case NSURLErrorCannotFindHost: "the host's name cannot be resolved; check the name and the network"
            case NSURLErrorCannotConnectToHost: "the connection was refused or the host cannot be reached (\(detail))"
            case NSURLErrorTimedOut: "no byte came for a long time"
            case NSURLErrorBadServerResponse: "the server closed the connection without an answer"
            case NSURLErrorCancelled: "the transfer was broken off"
            default: detail.isEmpty ? "the transfer failed (\(error.code))" : detail
            }
        return .transfer(url: url.withoutSecrets, reason: words)
    }
}
