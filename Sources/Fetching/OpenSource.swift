public import ContainerImage
import Foundation
import Layers
public import Registry

/// An image's source, with what a command needs beside it: the cache it fills and the signals that end it.
public struct OpenSource: Sendable {
    /// Days after which what nobody used leaves the cache.
    private static let cacheDays = 30

    /// Where the image comes from.
    public let source: ImageSource
    /// What the user asked for.
    public let options: SourceOptions
    private let cache: BlobCache
    private let interruption: Interruption
    private let progress: CommandProgress

    /// Opens a source. Throws `RegistryError`, and what an archive is wrong with.
    public init(
        _ location: ImageLocation, _ options: SourceOptions, _ interruption: Interruption, _ progress: CommandProgress
    ) throws {
        self.options = options
        self.interruption = interruption
        self.progress = progress
        cache = Self.cache(for: location, options, progress)
        let access = try RegistryAccess(
            environment: ProcessInfo.processInfo.environment, plainHTTP: options.plainHTTP,
            longestPause: options.maxWait, warn: progress.warn)
        source = try ImageSource(location, cache: cache, access: options.isOffline ? nil : access) { path in
            try ArchiveFile.open(path, interruption)
        }
        interruption.whenReceived { [source] in source.cancel() }
    }

    /// Finds the image for the platform that was asked for. Where the user named one, an image of another is an error,
    /// otherwise the user may know better: an image without index says only in its configuration what it is for.
    public func image(for platform: Platform? = nil) throws -> ResolvedImage {
        let wanted = platform ?? options.platform ?? .current
        let image = try source.image(for: wanted)
        if let answered = image.answered {
            progress.note("offline: the tag as the registry answered on \(Self.text(of: answered))")
        }
        let found = image.config.platform
        guard found.distance(from: wanted) == nil, !found.os.isEmpty else { return image }
        guard options.platform == nil else { throw FetchError.wrongPlatform(found: found, wanted: wanted) }
        progress.warn("the image is for \(found), this machine is \(wanted)")
        return image
    }

    /// Lets the layers come, shows how far they are, and gives them to `use`, which tells of each that is done. Where a
    /// blob of the cache proves wrong, which drops it, calls `startOver` and does it all again, so that each is fetched
    /// anew once.
    public func withLayers(
        of image: ResolvedImage, startOver: () throws -> Void, use: ([VerifiedBlob]) throws -> Void
    ) throws {
        for _ in image.manifest.layers {
            do {
                return try withLayersOnce(of: image, use)
            } catch is DamagedBlob {
                progress.warn("a blob of the cache or a mirror was damaged; starting over with a new one")
                try startOver()
            }
        }
        try withLayersOnce(of: image, use)
    }

    private func withLayersOnce(of image: ResolvedImage, _ use: ([VerifiedBlob]) throws -> Void) throws {
        let layers = source.blobs(of: image).map { VerifiedBlob($0, interruption) }
        progress.begin(layers.map(\.descriptor)) { [layers] number, layer in
            layer.downloaded = layers[number].bytesPresent
            layer.processed = layers[number].bytesRead
        }
        defer { progress.end() }
        try use(layers)
    }

    /// Removes from the cache what was not used for long. Without network it might be needed yet.
    public func tidyCache() {
        if !options.isOffline { cache.removeUnused(days: Self.cacheDays) }
    }

    private static func cache(
        for location: ImageLocation, _ options: SourceOptions, _ progress: CommandProgress
    ) -> BlobCache {
        guard options.usesCache, case .registry = location else { return .none }
        guard let folder = BlobCache.defaultFolder(environment: ProcessInfo.processInfo.environment) else {
            progress.warn("there is no cache without HOME or XDG_CACHE_HOME")
            return .none
        }
        return BlobCache(folder: folder, warn: progress.warn, note: progress.note)
    }

    private static func text(of date: Date) -> String {
        let text = date.formatted(.iso8601.dateSeparator(.dash).dateTimeSeparator(.space).timeSeparator(.colon))
        return text.hasSuffix("Z") ? text.dropLast() + " UTC" : text
    }
}
