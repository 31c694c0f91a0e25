public import ContainerImage
import Foundation

/// Where an image comes from.
public struct ImageSource: Sendable {
    private enum Origin: Sendable {
        case registry(RegistryClient)
        /// What the cache has of a registry.
        case cached(Reference)
        case local(LocalImage)
    }

    /// A manifest or an index, verified.
    private struct Document {
        let digest: Digest
        let text: [UInt8]
        let mediaType: String?
        let content: ManifestDocument
    }

    /// Indexes in indexes, at most.
    private static let depthLimit = 4

    private let origin: Origin
    private let cache: BlobCache
    private let downloads = DownloadThreads()

    /// A source for `location`. Without `access` the cache alone stands for its registry. `open` opens the archives that it
    /// may name. Throws `RegistryError`.
    public init(
        _ location: ImageLocation, cache: BlobCache, access: RegistryAccess?,
        open: (_ path: String) throws -> ImageFiles.Archive
    ) throws {
        switch location {
        case .registry(let reference):
            if let access {
                origin = .registry(try RegistryClient(reference, access: access, transport: URLSessionTransport()))
            } else {
                origin = .cached(reference)
            }
        case .layout(let path, let tag): origin = .local(try .layout(.folder(path), tag: tag))
        case .layoutArchive(let path, let tag): origin = .local(try .layout(.archive(try open(path)), tag: tag))
        case .dockerArchive(let path, let reference):
            origin = .local(try .dockerArchive(.archive(try open(path)), reference: reference))
        }
        self.cache = cache
    }

    /// Ends every download and every call that waits, with `RegistryError.cancelled`.
    public func cancel() {
        if case .registry(let client) = origin { client.cancel() }
    }

    /// The digest of what the reference names, and nothing else of it.
    public func digest() throws -> Digest { try root().digest }

    /// All tags that the reference's repository has, in the registry's order.
    public func tags() throws -> [String] {
        guard case .registry(let client) = origin else {
            throw RegistryError.unsupported("a list of tags from elsewhere than a registry")
        }
        return try client.tags()
    }

    /// Finds the image for a platform. Every document is checked against its size and digest, and the configuration
    /// names as many layers as the manifest. Throws `RegistryError`.
    public func image(for platform: Platform) throws -> ResolvedImage {
        let root = try root()
        var platforms: [Platform] = []
        guard let (document, manifest) = try find(platform, in: root, depth: 0, &platforms) else {
            throw RegistryError.noPlatform(platform, available: platforms)
        }
        let (configText, config) = try config(of: manifest)
        guard config.diffIDs.count == manifest.layers.count else {
            throw RegistryError.malformed(
                subject: "the image's configuration",
                reason: "it names \(config.diffIDs.count) layers, the manifest \(manifest.layers.count)")
        }
        let type = (try? JSONField(JSON(parsing: document.text))["mediaType"].string()) ?? document.mediaType
        return ResolvedImage(
            digest: root.digest, platforms: platforms.isEmpty ? [config.platform] : platforms,
            manifestDescriptor: Descriptor(
                mediaType: MediaType.withoutParameters(type ?? MediaType.ociManifest), digest: document.digest,
                size: Int64(document.text.count)),
            manifestText: document.text, manifest: manifest, configText: configText, config: config,
            answered: answered)
    }

    /// When the registry told what the tag means, where that is taken from the cache.
    private var answered: Date? {
        guard case .cached(let reference) = origin, reference.digest == nil else { return nil }
        return cache.tag(of: reference)?.answered
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
        case .local(let image): return image.blob(descriptor)
        case .cached:
            let blob = Blob(descriptor, cache: cache)
            if !BlobDownload.openFinished(blob, in: cache) {
                blob.fail(RegistryError.notCached("layer \(descriptor.digest)"))
            }
            return blob
        case .registry(let client):
            let blob = Blob(descriptor, cache: cache)
            downloads.add(BlobDownload(blob: blob, client: client, cache: cache))
            return blob
        }
    }

    // MARK: Documents

    /// What the reference names.
    private func root() throws -> Document {
        switch origin {
        case .local(let image): return try document(image.root)
        case .cached(let reference):
            guard let digest = reference.digest ?? cache.tag(of: reference)?.digest,
                let kept = cache.document(digest)
            else { throw RegistryError.notCached("\(reference)") }
            return try parse(kept, digest, nil, "\(reference)")
        case .registry(let client):
            let reference = client.reference
            if let digest = reference.digest, let kept = cache.document(digest) {
                return try parse(kept, digest, nil, "\(reference)")
            }
            let (body, mediaType) = try client.manifest(reference.identifier)
            let digest = Digest(of: body, reference.digest?.algorithm ?? .sha256)
            if let expected = reference.digest, expected != digest {
                throw RegistryError.wrongDigest(subject: "\(reference)", found: digest, expected: expected)
            }
            cache.keep(body, as: digest)
            if reference.digest == nil { cache.keepTag(of: reference, digest) }
            return try parse(body, digest, mediaType, "\(reference)")
        }
    }

    /// A manifest or index below, verified.
    private func document(_ descriptor: Descriptor) throws -> Document {
        let subject = "manifest \(descriptor.digest)"
        guard descriptor.size <= RegistryClient.manifestLimit else {
            throw RegistryError.tooLarge(subject: subject, limit: RegistryClient.manifestLimit)
        }
        let (body, mediaType) = try verified(descriptor, subject) { client in
            try client.manifest("\(descriptor.digest)")
        }
        return try parse(body, descriptor.digest, mediaType ?? descriptor.mediaType, subject)
    }

    private func config(of manifest: Manifest) throws -> ([UInt8], ImageConfig) {
        let subject = "configuration \(manifest.config.digest)"
        guard manifest.config.size <= RegistryClient.configLimit else {
            throw RegistryError.tooLarge(subject: subject, limit: RegistryClient.configLimit)
        }
        let (body, _) = try verified(manifest.config, subject) { client in (try client.blob(manifest.config), nil) }
        do {
            return (body, try ImageConfig(parsing: body))
        } catch {
            throw RegistryError.malformed(subject: subject, reason: "\(error)")
        }
    }

    /// A document from the cache, from files, or by `fetch`, checked against its descriptor.
    private func verified(
        _ descriptor: Descriptor, _ subject: String,
        fetch: (RegistryClient) throws -> ([UInt8], String?)
    ) throws -> ([UInt8], String?) {
        let body: [UInt8]
        var mediaType: String?
        switch origin {
        case .local(let image): body = try image.document(descriptor)
        case .cached:
            guard let kept = cache.document(descriptor.digest) else { throw RegistryError.notCached(subject) }
            body = kept
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

    private func parse(_ body: [UInt8], _ digest: Digest, _ mediaType: String?, _ subject: String) throws -> Document {
        do {
            let content = try ManifestDocument(parsing: body, mediaType: mediaType)
            return Document(digest: digest, text: body, mediaType: mediaType, content: content)
        } catch {
            throw RegistryError.malformed(subject: subject, reason: "\(error)")
        }
    }

    /// Searches an index for the platform, and indexes without platform inside it. `platforms` collects what there is.
    private func find(
        _ platform: Platform, in document: Document, depth: Int, _ platforms: inout [Platform]
    ) throws -> (Document, Manifest)? {
        switch document.content {
        case .manifest(let manifest): return (document, manifest)
        case .index(let index):
            guard depth < Self.depthLimit else {
                throw RegistryError.malformed(
                    subject: "index \(document.digest)", reason: "indexes nested deeper than \(Self.depthLimit)")
            }
            platforms += index.platforms
            let indexTypes = [MediaType.ociIndex, MediaType.dockerManifestList]
            let nested = index.manifests.filter { $0.platform == nil && indexTypes.contains($0.mediaType) }
            for descriptor in index.manifest(for: platform).map({ [$0] }) ?? nested {
                let inner = try self.document(descriptor)
                if let found = try find(platform, in: inner, depth: depth + 1, &platforms) { return found }
            }
            return nil
        }
    }
}
