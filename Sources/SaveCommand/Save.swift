internal import Console
internal import ContainerImage
internal import Fetching
internal import Registry

/// `d-save`: the documents and layers of an image as they are, in a tar.
public struct Save {
    private let options: SaveOptions
    private let progress: CommandProgress
    private let interruption: Interruption

    /// Work that has not begun. To be made before any other thread is.
    public init(_ options: SaveOptions) {
        self.options = options
        progress = CommandProgress(options.progress, of: SaveOptions.syntax.name, doing: "writing", done: "written")
        interruption = Interruption.watch()
    }

    /// Does the whole work; returns the exit status. Throws what went wrong, with FILE as it was.
    public func run() throws -> Int32 {
        do {
            let output = try ArchiveOutput(options.file)
            do {
                let opened = try OpenSource(options.location, options.source, interruption, progress)
                let image = try opened.image()
                progress.resolved(image, from: options.location)
                try write(image, from: opened, to: output)
                try output.publish()
                opened.tidyCache()
            } catch {
                output.discard()
                throw error
            }
            return 0
        } catch {
            interruption.endProcessIfReceived()
            guard progress.fail(error) else { throw error }
            return 1
        }
    }

    private func write(_ image: ResolvedImage, from opened: OpenSource, to output: ArchiveOutput) throws {
        let archive = ImageArchive(image, name: Self.name(of: options.location))
        try opened.withLayers(of: image, startOver: output.startOver) { layers in
            let tar = TarWriter(output.descriptor)
            for (name, text) in archive.documents(forDocker: options.format == .docker) { try tar.add(name, text) }
            var written: Set<Digest> = []
            for (number, layer) in layers.enumerated() {
                if written.insert(layer.descriptor.digest).inserted {
                    try tar.add(ImageArchive.path(of: layer.descriptor.digest), size: layer.descriptor.size, layer)
                }
                progress.finished(number)
            }
            try tar.finish()
        }
    }

    /// The name that the archive gives to the image; nil when it has none.
    static func name(of location: ImageLocation) -> String? {
        switch location {
        case .registry(let reference): reference.tag.map { "\(reference.registry)/\(reference.repository):\($0)" }
        case .layout(_, let tag), .layoutArchive(_, let tag): tag
        case .dockerArchive(_, let reference): reference
        }
    }
}
