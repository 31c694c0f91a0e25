/// What an image of one platform is made of.
///
/// https://github.com/opencontainers/image-spec/blob/main/manifest.md; docker's schema 2 has the same fields.
public struct Manifest: Hashable, Sendable {
    /// The most layers that an image may have here; docker stops at 127.
    public static let layerLimit = 4096

    /// The image's configuration.
    public let config: Descriptor
    /// The layers, the lowest first. The same one may occur twice.
    public let layers: [Descriptor]

    init(_ root: JSONField) throws(JSONError) {
        config = try Descriptor(root["config"])
        let layers = try root["layers"].required(JSONField.elements)
        guard layers.count <= Self.layerLimit else {
            throw root["layers"].invalid("found \(layers.count) layers, expected at most \(Self.layerLimit)")
        }
        self.layers = try layers.map { layer throws(JSONError) in try Descriptor(layer) }
    }

    /// A document with these contents, always the same bytes for the same contents.
    public static func text(config: Descriptor, layers: [Descriptor]) -> [UInt8] {
        let document = JSON.object([
            .init("schemaVersion", .number("2")), .init("mediaType", .string(MediaType.ociManifest)),
            .init("config", config.json), .init("layers", .array(layers.map(\.json))),
        ])
        return Array(document.prettyPrinted.utf8)
    }
}
