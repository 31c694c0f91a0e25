/// The image's configuration blob: how its layers unpack, and how a container of it runs.
///
/// https://github.com/opencontainers/image-spec/blob/main/config.md
public struct ImageConfig: Sendable {
    /// What the image was built for.
    public let platform: Platform
    /// The digests of the uncompressed layers, the lowest first.
    public let diffIDs: [Digest]
    /// The `config` object as it stands there, an empty object if there is none.
    public let config: JSON
    /// One step a line of the recipe, with those that made no layer.
    public let history: [History]

    /// A step that made the image.
    public struct History: Hashable, Sendable {
        /// The command, as the builder wrote it.
        public let createdBy: String
        /// Whether the step made no layer.
        public let emptyLayer: Bool
    }

    /// Parses a configuration blob. Throws `JSONError` with the field that is wrong.
    public init(parsing text: [UInt8]) throws(JSONError) {
        let root = JSONField(try JSON(parsing: text))
        platform = Platform(
            os: try root["os"].string() ?? "", architecture: try root["architecture"].string() ?? "",
            variant: try root["variant"].string())
        let diffIDs = try root["rootfs"]["diff_ids"].required(JSONField.elements)
        self.diffIDs = try diffIDs.map { field throws(JSONError) in
            let text = try field.required(JSONField.string)
            do { return try Digest(parsing: text) } catch { throw field.invalid("\(error)") }
        }
        _ = try root["config"].members()
        config = root["config"].value ?? .object([])
        history = try (root["history"].elements() ?? []).map { step throws(JSONError) in
            History(
                createdBy: try step["created_by"].string() ?? "", emptyLayer: try step["empty_layer"].bool() ?? false)
        }
    }
}
