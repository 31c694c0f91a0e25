public import ContainerImage
public import Foundation

/// An image of one platform, with its documents verified.
public struct ResolvedImage: Sendable {
    /// What the reference named: the digest of an index, or of the manifest itself.
    public let digest: Digest
    /// The platforms of the index; that of the configuration when there is no index.
    public let platforms: [Platform]
    /// The platform's manifest as it stands in its document, with its descriptor.
    public let manifestDescriptor: Descriptor
    /// The manifest's text.
    public let manifestText: [UInt8]
    /// The platform's manifest.
    public let manifest: Manifest
    /// The configuration's text.
    public let configText: [UInt8]
    /// The image's configuration.
    public let config: ImageConfig
    /// When the registry told what the tag means, where that was taken from the cache.
    public let answered: Date?

    /// The digest of the platform's manifest.
    public var manifestDigest: Digest { manifestDescriptor.digest }
}
