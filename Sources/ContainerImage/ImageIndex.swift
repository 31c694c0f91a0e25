/// A list of manifests, one a platform.
///
/// https://github.com/opencontainers/image-spec/blob/main/image-index.md; docker's manifest list has the same fields.
public struct ImageIndex: Hashable, Sendable {
    /// Manifests or further indexes, in the order of the document.
    public let manifests: [Descriptor]

    init(_ root: JSONField) throws(JSONError) {
        manifests = try root["manifests"].required(JSONField.elements)
            .map { manifest throws(JSONError) in try Descriptor(manifest) }
    }

    /// The manifest that suits `platform` best, the first among equals; else a nested index or a manifest without
    /// platform if it is the only entry. Attestations (`unknown/unknown`) never match. Nil if none fits.
    public func manifest(for platform: Platform) -> Descriptor? {
        var best: (descriptor: Descriptor, distance: Int)?
        for descriptor in manifests {
            guard let distance = descriptor.platform?.distance(from: platform) else { continue }
            if best.map({ distance < $0.distance }) ?? true { best = (descriptor, distance) }
        }
        if let best { return best.descriptor }
        return manifests.count == 1 && manifests[0].platform == nil ? manifests[0] : nil
    }

    /// The platforms that there are, for an error message.
    public var platforms: [Platform] { manifests.compactMap(\.platform).filter { $0.os != "unknown" } }
}
