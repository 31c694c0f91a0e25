import ContainerImage
import Foundation

extension RegistryClient {
    /// How many tags are listed at most, and in how many pages.
    private static let tagLimit = 200_000
    private static let pageLimit = 10_000

    /// All tags of the repository, in the registry's order.
    ///
    /// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
    func tags() throws -> [String] {
        var tags: [String] = []
        var page = URL(string: "tags/list?n=1000", relativeTo: registry.base)?.absoluteURL
        for _ in 0..<Self.pageLimit {
            guard let url = page else { return tags }
            let response = try document(HTTPRequest(url: url), limit: Self.manifestLimit)
            guard response.status != 404 else {
                throw RegistryError.notFound(reference, words: Self.words(of: response))
            }
            guard response.status == 200 else { throw error(for: response, at: url) }
            do {
                tags += try JSONField(JSON(parsing: [UInt8](response.body)))["tags"].strings() ?? []
            } catch {
                throw RegistryError.malformed(subject: url.withoutSecrets, reason: "\(error)")
            }
            guard tags.count <= Self.tagLimit else { break }
            page = try Self.next(after: response, at: url)
        }
        throw RegistryError.malformed(
            subject: "the tags of \(reference.registry)/\(reference.repository)",
            reason: "more than \(Self.tagLimit) in \(Self.pageLimit) pages")
    }

    /// Where the next page is: `Link: <URL>; rel="next"` (RFC 8288), on the same server, or nil.
    private static func next(after response: HTTPResponse, at url: URL) throws -> URL? {
        guard let link = response.headers["link"], let target = link.firstMatch(of: /<([^>]*)>\s*;[^,]*rel="?next/)
        else {
            return nil
        }
        guard let next = URL(string: String(target.output.1), relativeTo: url)?.absoluteURL, next != url,
            next.hasSameOrigin(as: url)
        else {
            throw RegistryError.malformed(
                subject: url.withoutSecrets, reason: "its next page '\(target.output.1.prefix(200))' is elsewhere")
        }
        return next
    }
}
