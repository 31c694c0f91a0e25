import Foundation
import FoundationNetworking
import Synchronization

/// A request under way and whoever waits for it.
final class Exchange: Sendable {
    private struct State {
        var response: HTTPResponse?
        var redirects = 0
        var isAccepted = false
        var isOver = false
        var failure: RegistryError?
    }

    private let url: URL
    private let accepts: @Sendable (HTTPResponse) -> Bool
    private let receive: @Sendable (Data) -> Bool
    private let state = Mutex(State())
    private let end = DispatchSemaphore(value: 0)

    init(url: URL, accepts: @escaping @Sendable (HTTPResponse) -> Bool, receive: @escaping @Sendable (Data) -> Bool) {
        self.url = url
        self.accepts = accepts
        self.receive = receive
    }

    /// Blocks until the end.
    func wait() throws -> HTTPResponse {
        end.wait()
        return try state.withLock { state in
            if let failure = state.failure { throw failure }
            guard let response = state.response else {
                throw RegistryError.transfer(url: url.withoutSecrets, reason: "no answer")
            }
            return response
        }
    }

    /// The request that follows a redirect, without what is secret where it leads to another origin. Nil when it is
    /// not to be followed: after ten, or from https to http.
    func redirect(to request: URLRequest) -> URLRequest? {
        guard let target = request.url else { return nil }
        let count = state.withLock { state in
            state.redirects += 1
            return state.redirects
        }
        guard count <= 10, target.scheme == "https" || target.scheme == "http" && url.scheme == "http" else {
            let reason =
                count > 10
                ? "more than 10 redirects" : "redirected to \(target.scheme ?? "another scheme"), which is not safe"
            state.withLock { $0.failure = .redirect(url: url.withoutSecrets, reason: reason) }
            return nil
        }
        var request = request
        if !target.hasSameOrigin(as: url) { request.setValue(nil, forHTTPHeaderField: "Authorization") }
        return request
    }

    func didReceive(_ response: HTTPURLResponse) {
        var headers: [String: String] = [:]
        for (name, value) in response.allHeaderFields {
            headers["\(name)".lowercased()] = "\(value)"
        }
        let head = HTTPResponse(status: response.statusCode, headers: headers)
        let isAccepted = accepts(head)
        state.withLock { state in
            state.response = head
            state.isAccepted = isAccepted
        }
    }

    /// Takes a piece of the body; false for the first that is too many. Then the exchange is over and whoever waits goes
    /// on at once: libcurl does not hear of a cancellation while a fast server has bytes waiting, which are dropped.
    func didReceive(_ data: Data) -> Bool {
        let (isAccepted, isOver) = state.withLock { ($0.isAccepted, $0.isOver) }
        guard !isOver else { return true }
        let isWanted = isAccepted ? receive(data) : collectWords(data)
        if !isWanted { end(with: URLError(.cancelled) as NSError, isCancelled: false) }
        return isWanted
    }

    private func collectWords(_ data: Data) -> Bool {
        state.withLock { state in
            let room = HTTPResponse.wordsLimit - (state.response?.body.count ?? 0)
            state.response?.body.append(data.prefix(room))
            return data.count <= room
        }
    }

    /// The end, whether it came by itself or not; only the first call counts.
    func end(with error: NSError?, isCancelled: Bool) {
        let isFirst = state.withLock { state in
            defer { state.isOver = true }
            guard !state.isOver, state.failure == nil, let error else { return !state.isOver }
            if isCancelled {
                state.failure = .cancelled
            } else if state.response == nil || state.isAccepted || error.code != NSURLErrorCancelled {
                state.failure = .transfer(url: url.withoutSecrets, reason: Self.words(for: error))
            }  // else a rejected challenge, or an error's body that was long enough: the head is all that is needed
            return true
        }
        if isFirst { end.signal() }
    }

    private static func words(for error: NSError) -> String {
        let detail = error.localizedDescription
        return switch error.code {
        case NSURLErrorCannotFindHost: "the host's name cannot be resolved; check the name and the network"
        case NSURLErrorCannotConnectToHost: "the connection was refused or the host cannot be reached"
        case NSURLErrorTimedOut: "no byte came for a long time"
        case NSURLErrorBadServerResponse: "the server closed the connection without an answer"
        case NSURLErrorCancelled: "the transfer was broken off"
        default: detail.isEmpty ? "the transfer failed (\(error.code))" : detail
        }
    }
}
