/// A reference to a blob or manifest by content.
///
/// https://github.com/opencontainers/image-spec/blob/main/descriptor.md
public struct Descriptor: Hashable, Sendable {
    /// What the content is; empty when the document does not say.
    public let mediaType: String
    /// What the content hashes to.
    public let digest: Digest
    /// The content's length in bytes.
    public let size: Int64
    /// In an index: the platform that the manifest is for.
    public let platform: Platform?
    /// Notes of who made the image; only `org.opencontainers.image.ref.name` is ever read, in layouts.
    public let annotations: [String: String]
    /// Other places of the content, of so-called foreign layers.
    public let urls: [String]

    /// A descriptor made here.
    public init(
        mediaType: String, digest: Digest, size: Int64, platform: Platform? = nil, annotations: [String: String] = [:],
        urls: [String] = []
    ) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.platform = platform
        self.annotations = annotations
        self.urls = urls
    }

    /// Reads a descriptor. Throws `JSONError` with the field that is wrong.
    public init(_ field: JSONField) throws(JSONError) {
        mediaType = try field["mediaType"].string() ?? ""
        let digestText = try field["digest"].required(JSONField.string)
        do { digest = try Digest(parsing: digestText) } catch { throw field["digest"].invalid("\(error)") }
        size = try field["size"].required(JSONField.integer)
        guard size >= 0 else { throw field["size"].invalid("found \(size), expected a size of 0 or more bytes") }
        platform = try Self.platform(field["platform"])
        var annotations: [String: String] = [:]
        for (key, value) in try field["annotations"].members() ?? [] { annotations[key] = try value.string() }
        self.annotations = annotations
        urls = try field["urls"].strings() ?? []
    }

    /// The descriptor as it stands in a document: type, digest, size, annotations.
    public var json: JSON {
        let notes = annotations.sorted { $0.key < $1.key }.map { JSON.Member($0.key, .string($0.value)) }
        return .object(
            [
                .init("mediaType", .string(mediaType)), .init("digest", .string("\(digest)")),
                .init("size", .number("\(size)")),
            ] + (notes.isEmpty ? [] : [.init("annotations", .object(notes))]))
    }

    private static func platform(_ field: JSONField) throws(JSONError) -> Platform? {
        guard field.value != nil else { return nil }
        return Platform(
            os: try field["os"].string() ?? "", architecture: try field["architecture"].string() ?? "",
            variant: try field["variant"].string())
    }
}
