public import ContainerImage

/// Why an image cannot be had.
public enum RegistryError: Error, Equatable, CustomStringConvertible {
    /// The server could not be reached or the transfer broke; the last text tells how.
    case transfer(url: String, reason: String)
    /// A redirect that is not followed.
    case redirect(url: String, reason: String)
    /// The server answered with an error: status and what it said itself.
    case response(url: String, status: Int, words: String)
    /// The registry wants credentials, or refuses those that it got.
    /// The last text tells what credentials were used and what to do.
    case unauthorized(url: String, words: String, credentials: String)
    /// Something stands in the way, as it would the next time: a certificate, a proxy.
    case blocked(url: String, reason: String)
    /// There is no such image or tag.
    case notFound(Reference, words: String)
    /// The server asks to wait longer (seconds) than we do.
    case retryLater(url: String, status: Int, seconds: Int, words: String)
    /// A challenge that cannot be answered.
    case challenge(url: String, reason: String)
    /// More bytes than the limit or the announced size.
    case tooLarge(subject: String, limit: Int64)
    /// A document that is not what its digest or size says.
    case wrongDigest(subject: String, found: Digest, expected: Digest)
    /// A document is malformed.
    case malformed(subject: String, reason: String)
    /// No manifest for the platform.
    case noPlatform(Platform, available: [Platform])
    /// The layout has no image of this tag.
    case noSuchTag(String, available: [String])
    /// What `--offline` needs is not in the cache.
    case notCached(String)
    /// A local file cannot be read or written.
    case file(String, reason: String)
    /// The form of the reference is known, but cannot be pulled from.
    case unsupported(String)
    /// The pull was interrupted.
    case cancelled

    /// One sentence: subject, what was found, and what to do.
    public var description: String {
        switch self {
        case .transfer(let url, let reason), .redirect(let url, let reason), .blocked(let url, let reason):
            "GET \(url): \(reason)"
        case .response(let url, let status, let words):
            "GET \(url): status \(status)" + (words.isEmpty ? "" : ": \(words)")
        case .unauthorized(let url, let words, let credentials):
            "GET \(url): access is refused" + (words.isEmpty ? "" : ": \(words)")
                + "; the name may be wrong too; \(credentials)"
        case .notFound(let reference, let words):
            "\(reference): not found in the registry" + (words.isEmpty ? "" : ": \(words)")
                + "; check the name and the tag"
        case .retryLater(let url, let status, let seconds, let words):
            "GET \(url): status \(status)\(words): the server asks to wait \(seconds) s; try again then, "
                + "or allow it with --max-wait"
        case .challenge(let url, let reason): "GET \(url): cannot authenticate: \(reason)"
        case .tooLarge(let subject, let limit): "\(subject): more than the \(limit) bytes that are allowed or announced"
        case .wrongDigest(let subject, let found, let expected): "\(subject): digest \(found), expected \(expected)"
        case .malformed(let subject, let reason): "\(subject): \(reason)"
        case .noPlatform(let wanted, let available):
            "no image for \(wanted); there is "
                + (available.isEmpty
                    ? "none that names its platform" : available.map(\.description).joined(separator: ", "))
                + "; choose with --platform"
        case .noSuchTag(let tag, let available):
            (tag.isEmpty ? "there are several images; name one" : "there is no image '\(tag)'")
                + "; there is " + (available.isEmpty ? "none" : available.joined(separator: ", "))
        case .notCached(let what): "\(what) is not in the cache; pull it without --offline first"
        case .file(let path, let reason): "'\(path)': \(reason)"
        case .unsupported(let what): "\(what) is not supported"
        case .cancelled: "interrupted"
        }
    }
}
