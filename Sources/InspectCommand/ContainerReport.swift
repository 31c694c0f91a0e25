internal import ContainerImage
internal import Fetching

/// What a container was made from, and what changed since.
struct ContainerReport {
    /// How many changed paths a table names.
    private static let namedPaths = 10

    private let container: PulledContainer
    private let changes: PulledContainer.Changes

    init(_ container: PulledContainer, _ changes: PulledContainer.Changes) {
        self.container = container
        self.changes = changes
    }

    /// For people.
    var table: String {
        let origin = container.origin
        let keys = container.changedKeys
        let count = changes.paths.count
        let named = changes.paths.prefix(Self.namedPaths).joined(separator: ", ")
        return Table.text([
            ["container", container.path], ["reference", "\(origin.location)"], ["digest", "\(origin.digest)"],
            ["manifest", "\(origin.manifest)"], ["platform", "\(origin.platform)"],
            ["config", keys.isEmpty ? "as the image brought it" : "changed since: \(keys.joined(separator: ", "))"],
            [
                "rootfs",
                "\(ByteCount(changes.size)), "
                    + (count == 0
                        ? "as the image brought it"
                        : "\(count) path\(count == 1 ? "" : "s") changed since: \(named)"
                            + (count > Self.namedPaths ? ", ..." : "")),
            ],
        ])
    }

    /// For programs.
    var json: JSON {
        let origin = container.origin
        return .object([
            .init("container", .string(container.path)), .init("reference", .string("\(origin.location)")),
            .init("digest", .string("\(origin.digest)")), .init("manifest", .string("\(origin.manifest)")),
            .init("platform", .string("\(origin.platform)")),
            .init("changedKeys", .array(container.changedKeys.map { .string($0) })),
            .init("unpackedSize", .number("\(changes.size)")),
            .init("changedPaths", .array(changes.paths.map { .string($0) })), .init("config", container.config),
        ])
    }
}
