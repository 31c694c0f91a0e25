import Foundation
import FoundationNetworking
import Synchronization

/// Hands what URLSession tells to the exchange that it belongs to.
final class ExchangeDelegate: NSObject, URLSessionDataDelegate, Sendable {
    private struct State {
        var exchanges: [Int: (exchange: Exchange, task: URLSessionTask)] = [:]
        var isCancelled = false
    }

    private let state = Mutex(State())

    /// False when everything has been cancelled.
    func begin(_ exchange: Exchange, _ task: URLSessionTask) -> Bool {
        let identifier = task.taskIdentifier
        return state.withLock { state in
            if !state.isCancelled { state.exchanges[identifier] = (exchange, task) }
            return !state.isCancelled
        }
    }

    func cancelAll() {
        let exchanges = state.withLock { state in
            state.isCancelled = true
            return Array(state.exchanges.values)
        }
        for (exchange, task) in exchanges {
            exchange.end(with: URLError(.cancelled) as NSError, isCancelled: true)
            Self.cancel(task)
        }
    }

    /// From a thread of its own: `cancel` waits for the one that brings bodies, and that one for our callbacks.
    private static func cancel(_ task: URLSessionTask) {
        DispatchQueue.global().async { task.cancel() }
    }

    private func exchange(of task: URLSessionTask) -> Exchange? {
        let identifier = task.taskIdentifier
        return state.withLock { $0.exchanges[identifier]?.exchange }
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
    ) {
        completionHandler(exchange(of: task)?.redirect(to: request))
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, didReceive challenge: URLAuthenticationChallenge,
        completionHandler: @escaping (URLSession.AuthChallengeDisposition, URLCredential?) -> Void
    ) {
        completionHandler(.rejectProtectionSpace, nil)
    }

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
    ) {
        if let response = response as? HTTPURLResponse { exchange(of: dataTask)?.didReceive(response) }
        completionHandler(.allow)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        if exchange(of: dataTask)?.didReceive(data) == false { Self.cancel(dataTask) }
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        let identifier = task.taskIdentifier
        let (exchange, isCancelled) = state.withLock { state in
            (state.exchanges.removeValue(forKey: identifier)?.exchange, state.isCancelled)
        }
        exchange?.end(with: error as NSError?, isCancelled: isCancelled)
    }
}
