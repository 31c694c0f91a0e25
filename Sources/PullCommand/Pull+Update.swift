internal import ContainerImage
internal import Fetching
import Glibc
internal import Registry

/// `d-pull --update`: a container is brought to what its image is now. Its volumes and the user's edits in `config.json`
/// stay; its rootfs is the new image's.
extension Pull {
    /// Returns the container's path when it was changed, nil when there was nothing to do. Throws with the container as
    /// it was.
    func update(_ folder: String) throws -> String? {
        let container = try PulledContainer(at: folder)
        let location = container.origin.location
        if case .layoutArchive("-", _) = location { throw PullError.noOrigin(folder) }
        if case .dockerArchive("-", _) = location { throw PullError.noOrigin(folder) }
        _ = try RunLock(of: container.path, shownAs: folder, makesFile: false)
        let opened = try OpenSource(location, options.source, interruption, progress)
        let image = try opened.image(for: options.source.platform ?? container.origin.platform)
        guard image.manifestDigest != container.origin.manifest else {
            progress.note("'\(folder)' is up to date: \(location) is still \(image.manifestDigest.short)")
            return nil
        }
        progress.resolved(image, from: location)
        let config = ConfigFile(image.config.config)
        config.warnings.forEach(progress.warn)
        let merge = ConfigMerge(old: container.imageConfig, new: config.json, file: container.config)
        merge.conflicts.forEach { progress.warn("config.json: \($0) was changed by you and in the image; yours stays") }
        let changed = container.changes().paths.count
        let staging = try Staging(beside: container.path)
        defer { staging.discard() }
        try unpack(image, from: opened, into: staging)
        try write(image, from: location, config, edited: merge.result, mode: container.configMode, to: staging)
        let lock = try RunLock(of: container.path, shownAs: folder)
        try withExtendedLifetime(lock) { try staging.exchange() }
        if changed > 0 { progress.note("the old rootfs had \(changed) paths changed since its pull; they are gone") }
        opened.tidyCache()
        return folder
    }
}

/// The lock that d-run holds while a program of the container runs, taken so that none does.
private final class RunLock {
    private let descriptor: CInt

    /// Takes the lock; of a file that is missing only if it may be made. Throws `PullError.isRunning` when a program
    /// runs.
    init(of container: String, shownAs folder: String, makesFile: Bool = true) throws {
        let path = "\(container)/\(ContainerFolder.runLock)"
        let flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | (makesFile ? O_CREAT : 0)
        descriptor = unsafe open(path, flags, 0o644)
        guard descriptor >= 0 else {
            if errno == ENOENT { return }
            throw PullError.system("cannot open '\(path)'", errno)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) != 0 else { return }
        guard errno == EWOULDBLOCK else { throw PullError.system("cannot lock '\(path)'", errno) }
        var text = [UInt8](repeating: 0, count: 20)
        let count = unsafe pread(descriptor, &text, text.count, 0)
        let digits = text.prefix(max(0, count)).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        throw PullError.isRunning(folder, process: String(decoding: digits, as: UTF8.self))
    }

    deinit { if descriptor >= 0 { close(descriptor) } }
}
