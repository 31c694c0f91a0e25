import ContainerImage
import Foundation

/// An image in files at hand: an OCI image layout, or what `docker save` writes.
///
/// https://github.com/opencontainers/image-spec/blob/main/image-layout.md
struct LocalImage: Sendable {
    let files: ImageFiles
    /// What names the image: an index or a manifest.
    let root: Descriptor
    /// Documents that are in no file.
    var documents: [Digest: [UInt8]] = [:]
    /// Where blobs lie that are not in the place that the OCI layout has for them.
    var names: [Digest: String] = [:]

    /// The image that `index.json` has for the tag; without one, its only image, or `latest` among several.
    static func layout(_ files: ImageFiles, tag: String?) throws -> LocalImage {
        let text = try files.contents(
            "index.json", limit: RegistryClient.manifestLimit, missing: "'\(files.path)' is no OCI image layout")
        let index = try parse(text, "\(files.path)/index.json")
        func name(_ descriptor: Descriptor) -> String? { descriptor.annotations[MediaType.referenceName] }
        if tag == nil, index.manifests.count == 1 { return LocalImage(files: files, root: index.manifests[0]) }
        guard let found = index.manifests.first(where: { name($0) == tag ?? "latest" }) else {
            throw RegistryError.noSuchTag(tag ?? "", available: index.manifests.compactMap(name))
        }
        return LocalImage(files: files, root: found)
    }

    /// A document by its descriptor, not verified.
    func document(_ descriptor: Descriptor) throws -> [UInt8] {
        if let document = documents[descriptor.digest] { return document }
        return try files.contents(name(descriptor.digest), limit: descriptor.size, missing: "it cannot be read")
    }

    /// A blob that is all there.
    func blob(_ descriptor: Descriptor) -> Blob {
        let blob = Blob(descriptor)
        if let (file, bytes) = files.open(name(descriptor.digest)) {
            blob.open(
                file, from: bytes.lowerBound, path: nil, finalPath: nil, bytesPresent: Int64(bytes.count),
                isComplete: true)
        } else {
            blob.fail(RegistryError.file("\(files.path)/\(name(descriptor.digest))", reason: Blob.words(errno)))
        }
        return blob
    }

    private func name(_ digest: Digest) -> String {
        names[digest] ?? "blobs/\(digest.algorithm.rawValue)/\(digest.hex)"
    }

    private static func parse(_ text: [UInt8], _ subject: String) throws -> ImageIndex {
        do {
            if case .index(let index) = try ManifestDocument(parsing: text, mediaType: MediaType.ociIndex) {
                return index
            }
        } catch {
            throw RegistryError.malformed(subject: subject, reason: "\(error)")
        }
        throw RegistryError.malformed(subject: subject, reason: "it is no index")
    }
}
