internal import Console
internal import ContainerImage
internal import Fetching
import Foundation
internal import Layers
internal import Registry

/// `d-pull`: resolves the reference, lets the blobs come, unpacks them as they come, and gives the container its name.
public struct Pull {
    /// What an image has to leave free on the disk, in bytes; of a small one, a twentieth of its size.
    private static let diskReserve: Int64 = 64 << 20

    let options: PullOptions
    let progress: CommandProgress
    let interruption: Interruption

    /// A pull that has not begun. To be made before any other thread is.
    public init(_ options: PullOptions) {
        self.options = options
        progress = CommandProgress(options.progress, of: PullOptions.syntax.name)
        interruption = Interruption.watch()
    }

    /// Does the whole work and prints the container's path; returns the exit status. Throws what went wrong, with
    /// nothing left behind.
    public func run() throws -> Int32 {
        do {
            try OpenFileLimit.raise()
            let path =
                switch options.task {
                case .pull(let location, let folder): try pull(location, into: folder)
                case .update(let folder): try update(folder)
                }
            if let path { Terminal.write(path + "\n", to: STDOUT_FILENO) }
            return 0
        } catch {
            interruption.endProcessIfReceived()
            guard progress.fail(error) else { throw error }
            return 1
        }
    }

    private func pull(_ location: ImageLocation, into folder: String) throws -> String {
        let staging = try Staging(for: folder)
        do {
            let opened = try OpenSource(location, options.source, interruption, progress)
            let image = try opened.image()
            progress.resolved(image, from: location)
            let config = ConfigFile(image.config.config)
            config.warnings.forEach(progress.warn)
            try unpack(image, from: opened, into: staging)
            try write(image, from: location, config, to: staging)
            try staging.publish()
            opened.tidyCache()
            return staging.target
        } catch {
            staging.discard()
            throw error
        }
    }

    /// Writes the container's files into the folder. `edited` is the configuration where it is not the image's own.
    func write(
        _ image: ResolvedImage, from location: ImageLocation, _ config: ConfigFile, edited: JSON? = nil,
        mode: UInt32? = nil, to staging: Staging
    ) throws {
        let origin = ImageOrigin(
            location: location.absolute(in: FileManager.default.currentDirectoryPath), digest: image.digest,
            manifest: image.manifestDigest, platform: image.config.platform)
        let text = edited.map { $0.prettyPrinted + "\n" } ?? config.text
        try staging.write(text, to: ContainerFolder.config, mode: mode)
        try staging.write(config.text, to: ContainerFolder.imageConfig)
        try staging.write(origin.text, to: ContainerFolder.image)
    }

    /// Unpacks an image into the folder's `rootfs`.
    func unpack(_ image: ResolvedImage, from opened: OpenSource, into staging: Staging) throws {
        try opened.withLayers(of: image, startOver: staging.startOver) { blobs in
            let layers = blobs.indices.map { index in
                Layer(
                    diffID: image.config.diffIDs[index], mediaType: blobs[index].descriptor.mediaType,
                    blob: blobs[index])
            }
            var unpacker = try Unpacker(into: staging.rootfs, sizeLimit: sizeLimit(of: staging))
            var applied = 0
            do {
                let summary = try unpacker.unpack(layers) { number in
                    applied = number + 1
                    progress.finished(number)
                }
                summary.sentences.forEach(progress.note)
            } catch {
                guard applied < blobs.count, !(error is RegistryError), !(error is DamagedBlob),
                    !(error is Interruption.Received)
                else { throw error }
                // What the decompressor or tar stumbled over may be damage that the digest at the end would have shown.
                try blobs[applied].verify()
                throw PullError.layer(number: applied + 1, of: blobs.count, blobs[applied].descriptor.digest, error)
            }
        }
    }

    private func sizeLimit(of staging: Staging) -> Int64 {
        if let limit = options.sizeLimit { return limit }
        var status = statvfs()
        unsafe _ = statvfs(staging.path, &status)
        let twentieth = Double(status.f_blocks) * Double(status.f_frsize) / 20
        let reserve = Int64(min(Double(Self.diskReserve), twentieth))
        return max(0, TemporaryFile.freeBytes(staging.path) - reserve)
    }
}
