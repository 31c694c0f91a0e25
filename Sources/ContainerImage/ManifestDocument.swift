/// What stands behind a tag or digest: a manifest or an index of them.
public enum ManifestDocument: Hashable, Sendable {
    /// The image of one platform.
    case manifest(Manifest)
    /// Several platforms.
    case index(ImageIndex)

    /// Parses a document. `mediaType` is the registry's `Content-Type` or the descriptor's type, nil when unknown.
    ///
    /// A document that could be read as both kinds, or whose own `mediaType` is another than the one it came with, is
    /// refused: two clients must not see two images (CVE-2021-41190). Throws `JSONError`.
    public init(parsing text: [UInt8], mediaType: String?) throws(JSONError) {
        let root = JSONField(try JSON(parsing: text))
        let declared = try root["mediaType"].string().map(MediaType.withoutParameters)
        let announced = mediaType.map(MediaType.withoutParameters).flatMap {
            MediaType.manifests.contains($0) ? $0 : nil
        }
        if let declared, let announced, declared != announced {
            throw root["mediaType"].invalid("found '\(declared)', but it was sent as '\(announced)'")
        }
        let hasManifests = root["manifests"].value != nil
        let hasLayers = root["layers"].value != nil || root["config"].value != nil
        guard !(hasManifests && hasLayers) else {
            throw root["manifests"].invalid("the document is a manifest and an index at once")
        }
        if try root["schemaVersion"].integer() == 1 {
            throw root["schemaVersion"].invalid(
                "manifest schema 1 is not supported; push the image again with a newer client")
        }
        let isIndex =
            switch declared ?? announced {
            case MediaType.ociIndex, MediaType.dockerManifestList: true
            case MediaType.ociManifest, MediaType.dockerManifest: false
            case nil: hasManifests
            case .some(let other): throw root["mediaType"].invalid("'\(other)' is no image manifest or index")
            }
        self = isIndex ? .index(try ImageIndex(root)) : .manifest(try Manifest(root))
    }
}
