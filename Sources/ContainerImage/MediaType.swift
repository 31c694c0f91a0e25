/// The media types of manifests, and what the types of layers say about their compression.
///
/// https://github.com/opencontainers/image-spec/blob/main/media-types.md
public enum MediaType {
    /// `application/vnd.oci.image.index.v1+json`
    public static let ociIndex = "application/vnd.oci.image.index.v1+json"
    /// `application/vnd.oci.image.manifest.v1+json`
    public static let ociManifest = "application/vnd.oci.image.manifest.v1+json"
    /// `application/vnd.oci.image.config.v1+json`
    public static let ociConfig = "application/vnd.oci.image.config.v1+json"
    /// A layer that is a plain tar; `+gzip` or `+zstd` follows for others.
    public static let ociLayer = "application/vnd.oci.image.layer.v1.tar"
    /// The annotation that holds an image's name in a layout.
    public static let referenceName = "org.opencontainers.image.ref.name"
    /// Docker's older form of the index.
    public static let dockerManifestList = "application/vnd.docker.distribution.manifest.list.v2+json"
    /// Docker's older form of the manifest, schema 2.
    public static let dockerManifest = "application/vnd.docker.distribution.manifest.v2+json"

    /// All that a client has to accept, in a registry's `Accept` header.
    public static let manifests = [ociIndex, ociManifest, dockerManifestList, dockerManifest]

    /// The type alone, in lowercase: `Content-Type` may carry parameters after a semicolon.
    public static func withoutParameters(_ text: String) -> String {
        let type = text.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)[0]
        return type.split(separator: " ").joined().lowercased()
    }
}
