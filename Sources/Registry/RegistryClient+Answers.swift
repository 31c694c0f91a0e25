import ContainerImage
import Foundation
import Synchronization

/// An answer such as 429 or 503, after which the same request is worth another try.
struct TransientStatus: Error {
    let response: HTTPResponse
    let url: URL
}

extension RegistryClient {
    /// Sends a request and collects the body of a 200, up to a limit in bytes.
    static func collect(
        _ transport: any HTTPTransport, _ request: HTTPRequest, limit: Int64, subject: String
    ) throws -> HTTPResponse {
        let body = Body(limit: limit)
        let outcome = Result { try transport.send(request, accepts: { $0.status == 200 }, receive: body.append) }
        guard !body.isTooLarge else { throw RegistryError.tooLarge(subject: subject, limit: limit) }
        var response = try outcome.get()
        if response.status == 200 { response.body = body.data }
        return response
    }

    /// The error that a status means, unless it is about who asks.
    static func error(for response: HTTPResponse, at url: URL) -> RegistryError {
        let words = words(of: response)
        return switch response.status {
        case 429:
            .response(
                url: url.withoutSecrets, status: 429,
                words: (words.isEmpty ? "too many requests" : words) + rateLimit(of: response)
                    + "; wait a while, or log in with d-login for a higher limit")
        default: .response(url: url.withoutSecrets, status: response.status, words: words)
        }
    }

    /// What the registry says itself: the messages of its JSON, or a short plain text; nothing of an HTML page.
    static func words(of response: HTTPResponse) -> String {
        if let document = try? JSON(parsing: [UInt8](response.body)) {
            let errors = (try? JSONField(document)["errors"].elements()) ?? []
            let messages = errors.compactMap { error in
                (try? error["message"].string()) ?? (try? error["code"].string()) ?? nil
            }
            let detail =
                (try? JSONField(document)["details"].string()) ?? (try? JSONField(document)["message"].string())
            return String((messages.isEmpty ? detail ?? "" : messages.joined(separator: ", ")).prefix(500))
        }
        let text = String(decoding: response.body.prefix(300), as: UTF8.self)
        return text.contains("<") ? "" : text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// What the server says of its limit: ` (0 of 100 left in 6 h)`, or nothing.
    ///
    /// https://docs.docker.com/docker-hub/usage/pulls/#view-hourly-pull-rate-and-limit
    static func rateLimit(of response: HTTPResponse) -> String {
        func number(_ text: Substring?) -> Int? { (text?.prefix { $0.isNumber }).flatMap { Int($0) } }
        let remaining = response.headers["ratelimit-remaining"] ?? ""
        guard let left = number(remaining[...]) else { return "" }
        let limit = number(response.headers["ratelimit-limit"]?[...]).map { " of \($0)" } ?? ""
        let window = number(remaining.components(separatedBy: "w=").dropFirst().first?.prefix(9))
        return " (\(left)\(limit) left" + (window.map { " in \(($0 + 3599) / 3600) h" } ?? "") + ")"
    }

    /// A body that is collected while it comes.
    private final class Body: Sendable {
        private let state = Mutex(Data())
        private let limit: Int64

        init(limit: Int64) {
            self.limit = limit
        }

        var data: Data { state.withLock { $0 } }
        var isTooLarge: Bool { state.withLock { Int64($0.count) > limit } }

        func append(_ data: Data) -> Bool {
            state.withLock { bytes in
                bytes += data
                return Int64(bytes.count) <= limit
            }
        }
    }
}
