import ContainerImage
import Foundation
import Glibc

/// A folder in the OCI image layout.
///
/// https://github.com/opencontainers/image-spec/blob/main/image-layout.md
struct ImageLayout: Sendable {
    private static let nameAnnotation = "org.opencontainers.image.ref.name"

    let path: String
    let tag: String?

    /// The descriptor that `index.json` has for the tag; without one, its only descriptor, or `latest` among several.
    func descriptor() throws -> Descriptor {
        let index = try parse(try contents("index.json", limit: RegistryClient.manifestLimit))
        func name(_ descriptor: Descriptor) -> String? { descriptor.annotations[Self.nameAnnotation] }
        if tag == nil, index.manifests.count == 1 { return index.manifests[0] }
        guard let found = index.manifests.first(where: { name($0) == tag ?? "latest" }) else {
            throw RegistryError.noSuchTag(tag ?? "", available: index.manifests.compactMap(name))
        }
        return found
    }

    /// A document by its descriptor, not verified.
    func document(_ descriptor: Descriptor, limit: Int64) throws -> [UInt8] {
        try contents(blobPath(descriptor.digest), limit: limit)
    }

    /// A blob that is all there.
    func blob(_ descriptor: Descriptor) -> Blob {
        let blob = Blob(descriptor)
        let file = unsafe open("\(path)/\(blobPath(descriptor.digest))", O_RDONLY | O_CLOEXEC)
        var status = stat()
        if file >= 0, unsafe fstat(file, &status) == 0 {
            blob.open(file, path: nil, finalPath: nil, bytesPresent: Int64(status.st_size), isComplete: true)
        } else {
            blob.fail(RegistryError.file("\(path)/\(blobPath(descriptor.digest))", reason: Blob.words(errno)))
        }
        return blob
    }

    private func blobPath(_ digest: Digest) -> String { "blobs/\(digest.algorithm.rawValue)/\(digest.hex)" }

    private func parse(_ text: [UInt8]) throws -> ImageIndex {
        do {
            if case .index(let index) = try ManifestDocument(parsing: text, mediaType: MediaType.ociIndex) {
                return index
            }
        } catch {
            throw RegistryError.malformed(subject: "\(path)/index.json", reason: "\(error)")
        }
        throw RegistryError.malformed(subject: "\(path)/index.json", reason: "it is no index")
    }

    private func contents(_ name: String, limit: Int64) throws -> [UInt8] {
        let file = "\(path)/\(name)"
        do {
            let handle = try FileHandle(forReadingFrom: URL(filePath: file))
            defer { try? handle.close() }
            let data = try handle.read(upToCount: Int(limit) + 1) ?? Data()
            guard data.count <= limit else { throw RegistryError.tooLarge(subject: file, limit: limit) }
            return [UInt8](data)
        } catch let error as RegistryError {
            throw error
        } catch {
            let isLayout = unsafe access("\(path)/oci-layout", F_OK) == 0
            throw RegistryError.file(file, reason: isLayout ? "it cannot be read" : "'\(path)' is no OCI image layout")
        }
    }
}
