public import ContainerImage
import Foundation

/// Where an image comes from.
public struct ImageSource: Sendable {
    private enum Origin: Sendable {
        case registry(RegistryClient)
        case layout(ImageLayout)
    }

    /// Indexes in indexes, at most.
    private static let depthLimit = 4
    /// Downloads at the same time; more gain nothing from one server.
    private static let parallelDownloads = 4

    private let origin: Origin
    private let cache: BlobCache
    private let downloads = OperationQueue()

    /// A source for `location`. Throws `RegistryError.unsupported`.
    public init(_ location: ImageLocation, cache: BlobCache, access: RegistryAccess) throws {
        switch location {
        case .registry(let reference):
            origin = .registry(try RegistryClient(reference, access: access, transport: URLSessionTransport()))
        case .layout(let path, let tag): origin = .layout(ImageLayout(path: path, tag: tag))
        case .layoutArchive, .dockerArchive: throw RegistryError.unsupported("an archive as source")
        }
        self.cache = cache
        downloads.maxConcurrentOperationCount = Self.parallelDownloads
    }

    /// Ends every download and every call that waits, with `RegistryError.cancelled`.
    public func cancel() {
        if case .registry(let client) = origin { client.cancel() }
    }

    /// Finds the image for a platform. Every document is checked against its size and digest, and the configuration
    /// names as many layers as the manifest. Throws `RegistryError`.
    public func image(for platform: Platform) throws -> ResolvedImage {
        let (digest, document) = try root()
        var platforms: [Platform] = []
        guard let (manifestDigest, manifest) = try find(platform, in: document, digest, depth: 0, &platforms) else {
            throw RegistryError.noPlatform(platform, available: platforms)
        }
        let config = try config(of: manifest)
        guard config.diffIDs.count == manifest.layers.count else {
            throw RegistryError.malformed(
                subject: "the image's configuration",
                reason: "it names \(config.diffIDs.count) layers, the manifest \(manifest.layers.count)")
        }
        return ResolvedImage(digest: digest, manifestDigest: manifestDigest, manifest: manifest, config: config)
    }

    /// The blobs of an image's layers, in order. Downloads begin now and run ahead; a digest that occurs twice is one
    /// blob.
    public func blobs(of image: ResolvedImage) -> [Blob] {
        var known: [Digest: Blob] = [:]
        return image.manifest.layers.map { descriptor in
            if let blob = known[descriptor.digest] { return blob }
            let blob = start(descriptor)
            known[descriptor.digest] = blob
            return blob
        }
    }

    private func start(_ descriptor: Descriptor) -> Blob {
        switch origin {
        case .layout(let layout): return layout.blob(descriptor)
        case .registry(let client):
            let blob = Blob(descriptor)
            let download = BlobDownload(blob: blob, client: client, cache: cache)
            downloads.addOperation { download.run() }
            return blob
        }
    }

    // MARK: Documents

    /// What the reference names.
    private func root() throws -> (Digest, ManifestDocument) {
        switch origin {
        case .layout(let layout):
            let descriptor = try layout.descriptor()
            return (descriptor.digest, try document(descriptor))
        case .registry(let client):
            let reference = client.reference
            if let digest = reference.digest, let kept = cache.document(digest) {
                return (digest, try parse(kept, nil, "\(reference)"))
            }
            let (body, mediaType) = try client.manifest(reference.identifier)
            let digest = Digest(of: body, reference.digest?.algorithm ?? .sha256)
            if let expected = reference.digest, expected != digest {
                throw RegistryError.wrongDigest(subject: "\(reference)", found: digest, expected: expected)
            }
            cache.keep(body, as: digest)
            return (digest, try parse(body, mediaType, "\(reference)"))
        }
    }

    /// A manifest or index below, verified.
    private func document(_ descriptor: Descriptor) throws -> ManifestDocument {
        let subject = "manifest \(descriptor.digest)"
        guard descriptor.size <= RegistryClient.manifestLimit else {
            throw RegistryError.tooLarge(subject: subject, limit: RegistryClient.manifestLimit)
        }
        let (body, mediaType) = try verified(descriptor, subject) { client in
            try client.manifest("\(descriptor.digest)")
        }
        return try parse(body, mediaType ?? descriptor.mediaType, subject)
    }

    private func config(of manifest: Manifest) throws -> ImageConfig {
        let subject = "configuration \(manifest.config.digest)"
        guard manifest.config.size <= RegistryClient.configLimit else {
            throw RegistryError.tooLarge(subject: subject, limit: RegistryClient.configLimit)
        }
        let (body, _) = try verified(manifest.config, subject) { client in (try client.blob(manifest.config), nil) }
        do {
            return try ImageConfig(parsing: body)
        } catch {
            throw RegistryError.malformed(subject: subject, reason: "\(error)")
        }
    }

    /// A document from the cache, the layout, or by `fetch`, checked against its descriptor.
    private func verified(
        _ descriptor: Descriptor, _ subject: String,
        fetch: (RegistryClient) throws -> ([UInt8], String?)
    ) throws -> ([UInt8], String?) {
        let body: [UInt8]
        var mediaType: String?
        switch origin {
        case .layout(let layout): body = try layout.document(descriptor, limit: descriptor.size)
        case .registry(let client):
            if let kept = cache.document(descriptor.digest) { return (kept, nil) }
            (body, mediaType) = try fetch(client)
        }
        guard Int64(body.count) == descriptor.size else {
            throw RegistryError.malformed(
                subject: subject, reason: "size \(body.count), expected \(descriptor.size) bytes")
        }
        let digest = Digest(of: body, descriptor.digest.algorithm)
        guard digest == descriptor.digest else {
            throw RegistryError.wrongDigest(subject: subject, found: digest, expected: descriptor.digest)
        }
        if case .registry = origin { cache.keep(body, as: digest) }
        return (body, mediaType)
    }

    private func parse(_ body: [UInt8], _ mediaType: String?, _ subject: String) throws -> ManifestDocument {
        do {
            return try ManifestDocument(parsing: body, mediaType: mediaType)
        } catch {
            throw RegistryError.malformed(subject: subject, reason: "\(error)")
        }
    }

    /// Searches an index for the platform, and indexes without platform inside it. `platforms` collects what there is.
    private func find(
        _ platform: Platform, in document: ManifestDocument, _ digest: Digest, depth: Int, _ platforms: inout [Platform]
    ) throws -> (Digest, Manifest)? {
        switch document {
        case .manifest(let manifest): return (digest, manifest)
        case .index(let index):
            guard depth < Self.depthLimit else {
                throw RegistryError.malformed(
                    subject: "index \(digest)", reason: "indexes nested deeper than \(Self.depthLimit)")
            }
            platforms += index.platforms
            let indexTypes = [MediaType.ociIndex, MediaType.dockerManifestList]
            let nested = index.manifests.filter { $0.platform == nil && indexTypes.contains($0.mediaType) }
            for descriptor in index.manifest(for: platform).map({ [$0] }) ?? nested {
                let inner = try self.document(descriptor)
                if let found = try find(platform, in: inner, descriptor.digest, depth: depth + 1, &platforms) {
                    return found
                }
            }
            return nil
        }
    }
}
