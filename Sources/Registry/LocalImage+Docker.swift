import ContainerImage
import Glibc

/// What `docker save`, `podman save` and others write: `manifest.json` lists images, each with the file of its
/// configuration, its names, and the files of its layers. Digests and sizes are in no document, so a manifest is made
/// here that has them.
///
/// https://github.com/moby/docker-image-spec/blob/main/spec.md#combined-image-json--filesystem-changeset-format
extension LocalImage {
    /// One image of `manifest.json`.
    private struct Entry {
        let config: String
        let names: [String]
        let layers: [String]

        init(_ field: JSONField) throws(JSONError) {
            config = try field["Config"].required(JSONField.string)
            names = try field["RepoTags"].strings() ?? []
            layers = try field["Layers"].strings() ?? []
        }
    }

    /// The image of this name; without one, the only image.
    static func dockerArchive(_ files: ImageFiles, reference: String?) throws -> LocalImage {
        let text = try files.contents(
            "manifest.json", limit: RegistryClient.manifestLimit,
            missing: "'\(files.path)' is not what docker save writes")
        let entry: Entry
        let config: [UInt8]
        let diffIDs: [Digest]
        do {
            let entries = try JSONField(try JSON(parsing: text)).required(JSONField.elements)
            entry = try select(try entries.map { field throws(JSONError) in try Entry(field) }, reference)
            config = try files.contents(
                entry.config, limit: RegistryClient.configLimit, missing: "it is not in the archive")
            diffIDs = try ImageConfig(parsing: config).diffIDs
        } catch let error as JSONError {
            throw RegistryError.malformed(subject: "\(files.path)/manifest.json", reason: "\(error)")
        }
        guard diffIDs.count == entry.layers.count, diffIDs.count <= Manifest.layerLimit else {
            throw RegistryError.malformed(
                subject: "\(files.path)/manifest.json",
                reason: "it names \(entry.layers.count) layers, the configuration \(diffIDs.count)")
        }
        var names = [Digest(of: config): entry.config]
        let layers = try zip(entry.layers, diffIDs).map { name, diffID in
            let layer = try describe(name, diffID, in: files)
            names[layer.digest] = name
            return layer
        }
        let manifest = Manifest.text(
            config: Descriptor(
                mediaType: MediaType.ociConfig, digest: Digest(of: config), size: Int64(config.count)),
            layers: layers)
        let root = Descriptor(
            mediaType: MediaType.ociManifest, digest: Digest(of: manifest), size: Int64(manifest.count))
        return LocalImage(files: files, root: root, documents: [root.digest: manifest], names: names)
    }

    private static func select(_ entries: [Entry], _ reference: String?) throws -> Entry {
        guard let reference else {
            if entries.count == 1 { return entries[0] }
            throw RegistryError.noSuchTag("", available: entries.flatMap(\.names))
        }
        // Names may be written short on either side: `alpine`, `docker.io/library/alpine:latest`.
        func whole(_ name: String) -> String { (try? Reference(parsing: name).description) ?? name }
        guard let entry = entries.first(where: { $0.names.contains { whole($0) == whole(reference) } }) else {
            throw RegistryError.noSuchTag(reference, available: entries.flatMap(\.names))
        }
        return entry
    }

    /// A layer that is a plain tar has its DiffID as digest, which whoever reads it verifies. Others, compressed, are
    /// hashed.
    private static func describe(_ name: String, _ diffID: Digest, in files: ImageFiles) throws -> Descriptor {
        guard let (file, bytes) = files.open(name) else {
            throw RegistryError.file("\(files.path)/\(name)", reason: "it is not in the archive")
        }
        defer { close(file) }
        var chunk = [UInt8](repeating: 0, count: 512 << 10)
        var hasher = DigestHasher(.sha256)
        var offset = bytes.lowerBound
        var start: [UInt8] = []
        while offset < bytes.upperBound {
            let wanted = Int(min(Int64(chunk.count), bytes.upperBound - offset))
            let count = unsafe pread(file, &chunk, wanted, Int(offset))
            guard count > 0 else { throw RegistryError.file("\(files.path)/\(name)", reason: "it cannot be read") }
            if start.isEmpty { start = Array(chunk.prefix(min(count, 4))) }
            if offset == bytes.lowerBound, count > 262, chunk[257..<262].elementsEqual("ustar".utf8) {
                return Descriptor(mediaType: MediaType.ociLayer, digest: diffID, size: Int64(bytes.count))
            }
            unsafe hasher.update(chunk.span.bytes.extracting(0..<count))
            offset += Int64(count)
        }
        let magic: [(bytes: [UInt8], suffix: String)] = [
            ([0x1F, 0x8B], "+gzip"), ([0x28, 0xB5, 0x2F, 0xFD], "+zstd"),
        ]
        let suffix = magic.first { start.starts(with: $0.bytes) }?.suffix ?? ""
        return Descriptor(
            mediaType: MediaType.ociLayer + suffix, digest: hasher.finalize(), size: Int64(bytes.count))
    }
}
