internal import Console
internal import ContainerImage
import Foundation
internal import Layers
internal import Registry
import Synchronization

/// `d-pull`: resolves the reference, lets the blobs come, unpacks them as they come, and gives the container its name.
public struct Pull {
    /// Days after which a blob that nobody used leaves the cache.
    private static let cacheDays = 30
    /// What an image has to leave free on the disk, in bytes; of a small one, a twentieth of its size.
    private static let diskReserve: Int64 = 64 << 20

    private let options: PullOptions
    private let progress: Progress

    /// A pull that has not begun.
    public init(_ options: PullOptions) {
        self.options = options
        progress = Progress(options.progress)
    }

    /// Does the whole work and prints the container's path; returns the exit status. Throws what went wrong, with
    /// nothing left behind.
    public func run() throws -> Int32 {
        try OpenFileLimit.raise()
        let interruption = Interruption.watch()
        let staging = try Staging(for: options.folder)
        do {
            try fill(staging, until: interruption)
            try staging.publish()
        } catch {
            progress.end()
            staging.discard()
            interruption.endProcessIfReceived()
            throw error
        }
        Terminal.write(staging.target + "\n", to: STDOUT_FILENO)
        return 0
    }

    private func fill(_ staging: Staging, until interruption: Interruption) throws {
        let cache = try cache()
        let source = try ImageSource(options.location, cache: cache, plainHTTP: options.plainHTTP)
        interruption.whenReceived { source.cancel() }
        let image = try source.image(for: options.platform ?? .current)
        try checkPlatform(of: image)
        progress.note(summary(of: image))
        let config = ConfigFile(image.config.config)
        config.warnings.forEach(progress.warn)
        try unpackMending(image, from: source, into: staging, interruption)
        try staging.write(config.text, to: ContainerFolder.config)
        try staging.write(origin(of: image), to: ContainerFolder.image)
        cache.removeUnused(days: Self.cacheDays)
    }

    /// Unpacks; starts over where a blob of the cache proves wrong, which drops it, so that each is fetched anew once.
    private func unpackMending(
        _ image: ResolvedImage, from source: ImageSource, into staging: Staging, _ interruption: Interruption
    ) throws {
        for _ in image.manifest.layers {
            do {
                return try unpack(image, from: source, into: staging, interruption)
            } catch is DamagedBlob {
                progress.warn("a blob of the cache was damaged; starting over with a new one")
                try staging.startOver()
            }
        }
        try unpack(image, from: source, into: staging, interruption)
    }

    private func cache() throws -> BlobCache {
        guard options.usesCache, case .registry = options.location else { return .none }
        return try BlobCache(folder: try BlobCache.defaultFolder(environment: ProcessInfo.processInfo.environment))
    }

    /// An image without index says only in its configuration what it is for. Where the user asked for a platform,
    /// another one is an error, otherwise the user may know better.
    private func checkPlatform(of image: ResolvedImage) throws {
        let wanted = options.platform ?? .current
        let found = image.config.platform
        guard found.distance(from: wanted) == nil, !found.os.isEmpty else { return }
        guard options.platform == nil else { throw PullError.wrongPlatform(found: found, wanted: wanted) }
        progress.warn("the image is for \(found), this machine is \(wanted)")
    }

    private func unpack(
        _ image: ResolvedImage, from source: ImageSource, into staging: Staging, _ interruption: Interruption
    ) throws {
        let blobs = source.blobs(of: image)
        let positions = blobs.map { _ in VerifiedBlob.Position() }
        progress.begin(blobs.map { LayerProgress(name: $0.descriptor.digest.short, size: $0.descriptor.size) }) {
            $1.downloaded = blobs[$0].bytesPresent
            $1.unpacked = positions[$0].value.load(ordering: .relaxed)
        }
        let layers = blobs.indices.map { index in
            Layer(
                diffID: image.config.diffIDs[index], mediaType: blobs[index].descriptor.mediaType,
                blob: VerifiedBlob(blobs[index], position: positions[index], interruption))
        }
        var unpacker = try Unpacker(into: staging.rootfs, sizeLimit: sizeLimit(of: staging))
        var applied = 0
        do {
            let summary = try unpacker.unpack(layers) { number in
                applied = number + 1
                progress.applied(number)
            }
            progress.end()
            summary.sentences.forEach(progress.note)
        } catch {
            progress.end()
            guard applied < blobs.count, !(error is RegistryError), !(error is Interruption.Received) else {
                throw error
            }
            // What the decompressor or tar stumbled over may be damage that the digest at the end would have shown.
            try VerifiedBlob(blobs[applied], position: VerifiedBlob.Position(), interruption).verify()
            throw PullError.layer(number: applied + 1, of: blobs.count, blobs[applied].descriptor.digest, error)
        }
    }

    private func sizeLimit(of staging: Staging) -> Int64 {
        if let limit = options.sizeLimit { return limit }
        var status = statvfs()
        guard unsafe statvfs(staging.path, &status) == 0 else { return .max }
        func bytes(_ blocks: UInt) -> Int64 {
            let (bytes, overflow) = blocks.multipliedReportingOverflow(by: status.f_frsize)
            return overflow ? .max : Int64(clamping: bytes)
        }
        return max(0, bytes(status.f_bavail) - min(Self.diskReserve, bytes(status.f_blocks) / 20))
    }

    private func summary(of image: ResolvedImage) -> String {
        let size = image.manifest.layers.reduce(Int64(0)) { $0.addingReportingOverflow($1.size).partialValue }
        let count = image.manifest.layers.count
        return "\(options.location) (\(image.manifestDigest.short), \(image.config.platform)): "
            + "\(count) layer\(count == 1 ? "" : "s"), \(ByteCount(size))"
    }

    private func origin(of image: ResolvedImage) -> String {
        """
        reference \(options.location)
        digest \(image.digest)
        manifest \(image.manifestDigest)
        platform \(image.config.platform)

        """
    }
}
