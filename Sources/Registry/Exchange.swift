import Foundation
import FoundationNetworking
import Synchronization

/// A request under way and whoever waits for it.
final class Exchange: Sendable {
    private struct State {
        var response: HTTPResponse?
        var redirects = 0
        /// The last redirect led to https.
        var isSecure = false
        var isAccepted = false
        var isOver = false
        var failure: RegistryError?
    }

    private let request: HTTPRequest
    private var url: URL { request.url }
    private let accepts: @Sendable (HTTPResponse) -> Bool
    private let receive: @Sendable (Data) -> Bool
    private let state = Mutex(State())
    private let end = DispatchSemaphore(value: 0)

    init(
        _ request: HTTPRequest, accepts: @escaping @Sendable (HTTPResponse) -> Bool,
        receive: @escaping @Sendable (Data) -> Bool
    ) {
        self.request = request
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
    /// not to be followed: after ten, from https to http, where the request may not go, or with a form to another
    /// origin.
    func redirect(to redirected: URLRequest) -> URLRequest? {
        guard let target = redirected.url else { return nil }
        let (count, wasSecure) = state.withLock { state in
            defer { state.isSecure = target.scheme == "https" }
            state.redirects += 1
            return (state.redirects, state.isSecure || url.scheme == "https")
        }
        let isSafe =
            (target.scheme == "https" || target.scheme == "http" && !wasSecure) && request.mayGoTo(target)
            && (request.form == nil || target.hasSameOrigin(as: url))
        guard count <= 10, isSafe else {
            let reason =
                count > 10 ? "more than 10 redirects" : "redirected to \(target.withoutSecrets), which is not safe"
            state.withLock { $0.failure = .redirect(url: url.withoutSecrets, reason: reason) }
            return nil
        }
        var redirected = redirected
        if !target.hasSameOrigin(as: url) { redirected.setValue(nil, forHTTPHeaderField: "Authorization") }
        return redirected
    }

    func didReceive(_ response: HTTPURLResponse) {
        var headers: [String: String] = [:]
        for (name, value) in response.allHeaderFields {
            headers["\(name)".lowercased()] = "\(value)"
        }
        let head = HTTPResponse(status: response.statusCode, headers: headers, url: response.url)
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
                state.failure = TransferFailure.error(for: error, at: url)
            }  // else a rejected challenge, or an error's body that was long enough: the head is all that is needed
            return true
        }
        if isFirst { end.signal() }
    }
}
