public import ContainerImage

/// An image of one platform, with its documents verified.
public struct ResolvedImage: Sendable {
    /// What the reference named: the digest of an index, or of the manifest itself.
    public let digest: Digest
    /// The digest of the platform's manifest.
    public let manifestDigest: Digest
    /// The platform's manifest.
    public let manifest: Manifest
    /// The image's configuration.
    public let config: ImageConfig
}
