internal import ContainerImage
internal import Registry

/// The documents of an image's archive: an OCI image layout, to which docker's `manifest.json` may come. That names
/// files of the layout, as docker's own does since its version 25.
struct ImageArchive {
    private let image: ResolvedImage
    private let name: String?

    init(_ image: ResolvedImage, name: String?) {
        self.image = image
        self.name = name
    }

    /// Where a blob lies.
    static func path(of digest: Digest) -> String { "blobs/\(digest.algorithm.rawValue)/\(digest.hex)" }

    /// Names and contents of all files but the layers, in order.
    func documents(forDocker: Bool) -> [(name: String, text: [UInt8])] {
        var documents = [
            ("oci-layout", Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8)), ("index.json", text(index)),
        ]
        if forDocker { documents.append(("manifest.json", text(dockerManifest))) }
        documents.append((Self.path(of: image.manifestDigest), image.manifestText))
        documents.append((Self.path(of: image.manifest.config.digest), image.configText))
        return documents
    }

    private var index: JSON {
        let manifest = Descriptor(
            mediaType: image.manifestDescriptor.mediaType, digest: image.manifestDigest,
            size: image.manifestDescriptor.size, annotations: name.map { [MediaType.referenceName: $0] } ?? [:])
        return .object([
            .init("schemaVersion", .number("2")), .init("mediaType", .string(MediaType.ociIndex)),
            .init("manifests", .array([manifest.json])),
        ])
    }

    /// Names here are those of registries; a bare tag is none.
    private var dockerManifest: JSON {
        let isName = name.map { $0.contains("/") || $0.contains(":") } ?? false
        return .array([
            .object([
                .init("Config", .string(Self.path(of: image.manifest.config.digest))),
                .init("RepoTags", isName ? .array(name.map { [.string($0)] } ?? []) : .null),
                .init("Layers", .array(image.manifest.layers.map { .string(Self.path(of: $0.digest)) })),
            ])
        ])
    }

    private func text(_ document: JSON) -> [UInt8] { Array(document.line.utf8) }
}
