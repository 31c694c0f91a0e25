internal import ContainerImage
internal import Fetching
internal import Registry

/// What is known of an image without unpacking it.
struct ImageReport {
    private let image: ResolvedImage
    private let location: ImageLocation
    /// The history line that made each layer; empty where that is not told.
    private let steps: [String]

    init(_ image: ResolvedImage, from location: ImageLocation) {
        self.image = image
        self.location = location
        let steps = image.config.history.filter { !$0.emptyLayer }.map { Self.tidy($0.createdBy) }
        let count = image.manifest.layers.count
        self.steps = steps.count == count ? steps : Array(repeating: "", count: count)
    }

    /// A layer that is not compressed has its size in the manifest; of others it is not known before they are unpacked.
    private static func unpackedSize(_ layer: Descriptor) -> Int64? {
        layer.mediaType.hasSuffix(".tar") ? layer.size : nil
    }

    private var size: Int64 { image.manifest.layers.reduce(0) { $0.addingReportingOverflow($1.size).partialValue } }

    private var unpackedSize: Int64? {
        image.manifest.layers.reduce(Int64?.some(0)) { sum, layer in
            guard let sum, let size = Self.unpackedSize(layer) else { return nil }
            return sum.addingReportingOverflow(size).partialValue
        }
    }

    /// The command without docker's way of running it, in one line.
    private static func tidy(_ command: String) -> String {
        let words = command.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for prefix in ["/bin/sh -c #(nop) ", "/bin/sh -c "] where words.hasPrefix(prefix) {
            return String(words.dropFirst(prefix.count))
        }
        return words
    }

    /// For people.
    var table: String {
        let unpacked = unpackedSize.map { ", \(ByteCount($0)) unpacked" } ?? ""
        var rows = [
            ["reference", "\(location)"], ["digest", "\(image.digest)"], ["manifest", "\(image.manifestDigest)"],
            ["type", image.manifestDescriptor.mediaType], ["platform", "\(image.config.platform)"],
            ["platforms", image.platforms.map(\.description).joined(separator: ", ")],
            ["size", "\(ByteCount(size))\(unpacked)"],
        ]
        if case .object(let members) = image.config.config {
            rows += members.map { ["config", "\($0.key) \($0.value.line)"] }
        }
        let layers = image.manifest.layers.enumerated().map { number, layer in
            [
                "\(number + 1)", "\(ByteCount(layer.size))", Self.unpackedSize(layer).map { "\(ByteCount($0))" } ?? "-",
                layer.digest.short, layer.mediaType, steps[number],
            ]
        }
        let heads = ["layer", "size", "unpacked", "digest", "type", "made by"]
        return Table.text(rows) + "\n" + Table.text([heads] + layers, rightAligned: [0, 1, 2])
    }

    /// For programs.
    var json: JSON {
        func number(_ value: Int64?) -> JSON { value.map { .number("\($0)") } ?? .null }
        let layers = image.manifest.layers.enumerated().map { index, layer in
            JSON.object([
                .init("digest", .string("\(layer.digest)")), .init("diffID", .string("\(image.config.diffIDs[index])")),
                .init("mediaType", .string(layer.mediaType)), .init("size", number(layer.size)),
                .init("unpackedSize", number(Self.unpackedSize(layer))), .init("createdBy", .string(steps[index])),
            ])
        }
        return .object([
            .init("reference", .string("\(location)")), .init("digest", .string("\(image.digest)")),
            .init("manifest", .string("\(image.manifestDigest)")),
            .init("mediaType", .string(image.manifestDescriptor.mediaType)),
            .init("platform", .string("\(image.config.platform)")),
            .init("platforms", .array(image.platforms.map { .string("\($0)") })), .init("size", number(size)),
            .init("unpackedSize", number(unpackedSize)), .init("layers", .array(layers)),
            .init("config", image.config.config),
        ])
    }
}
