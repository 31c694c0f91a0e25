import Foundation
import FoundationNetworking
import Synchronization

/// HTTP by URLSession. What surprises there and is dealt with here: a redirect copies every header to any host; a 401
/// with a Basic challenge hangs unless the delegate rejects it; there is no back pressure, so nobody may collect a body.
final class URLSessionTransport: HTTPTransport {
    private let session: URLSession
    private let exchanges: ExchangeDelegate
    private let folders = FoundationFolders()

    /// - Parameter idleLimit: seconds without a byte after which a transfer is given up.
    init(idleLimit: Double = 60) {
        CertificateAuthorities.choose()
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpCookieAcceptPolicy = .never
        configuration.httpCookieStorage = nil
        configuration.urlCache = nil
        configuration.urlCredentialStorage = nil
        configuration.timeoutIntervalForRequest = idleLimit
        exchanges = ExchangeDelegate()
        session = URLSession(configuration: configuration, delegate: exchanges, delegateQueue: BoundedQueue())
    }

    func send(
        _ request: HTTPRequest, accepts: @escaping @Sendable (HTTPResponse) -> Bool,
        receive: @escaping @Sendable (Data) -> Bool
    ) throws -> HTTPResponse {
        var urlRequest = URLRequest(url: request.url)
        for (name, value) in request.headers { urlRequest.setValue(value, forHTTPHeaderField: name) }
        urlRequest.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
        urlRequest.setValue("d-utils", forHTTPHeaderField: "User-Agent")
        if let form = request.form {
            urlRequest.httpMethod = "POST"
            urlRequest.httpBody = form
        }
        let exchange = Exchange(request, accepts: accepts, receive: receive)
        let task = session.dataTask(with: urlRequest)
        guard exchanges.begin(exchange, task) else { throw RegistryError.cancelled }
        task.resume()
        defer { folders.remove() }
        return try exchange.wait()
    }

    func cancel() { exchanges.cancelAll() }
}
