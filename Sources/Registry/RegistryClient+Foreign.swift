import ContainerImage
import Foundation

extension RegistryClient {
    /// How many other places of a blob are tried.
    private static let placeLimit = 8

    /// Asks for a blob at the places that its descriptor names, as those of so-called foreign layers; nil when none
    /// has it. They are a stranger's choice, so they get no credentials, and none may lead into a private network
    /// (CVE-2020-15157).
    func foreign(
        _ descriptor: Descriptor, _ headers: [String: String], send: (HTTPRequest) throws -> HTTPResponse
    ) throws -> HTTPResponse? {
        for url in descriptor.urls.prefix(Self.placeLimit).compactMap({ URL(string: $0) }) where PublicAddress.has(url)
        {
            var request = HTTPRequest(url: url, headers: headers)
            request.mayGoTo = PublicAddress.has
            let response = try send(request)
            if [200, 206, 416].contains(response.status) { return response }
        }
        return nil
    }
}
