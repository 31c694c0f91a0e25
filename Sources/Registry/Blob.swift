public import ContainerImage
import Foundation
import Glibc
import Synchronization

/// A blob on its way: a file that grows, and is read while it does. The disk is the buffer, for URLSession cannot be
/// held back.
///
/// Nothing here is verified: whoever reads to the end and hashes says `accept` or `reject`.
///
/// `@unchecked Sendable`: `state` is only touched while `condition` is locked.
public final class Blob: @unchecked Sendable {
    private struct State {
        var descriptor: CInt = -1
        /// Where the blob begins in its file, an archive's for instance.
        var start: Int64 = 0
        /// Where the file lies; nil for one without a name.
        var path: String?
        /// The name that it gets when it is accepted.
        var finalPath: String?
        var bytesPresent: Int64 = 0
        /// How many of them were there before this process fetched any.
        var bytesFound: Int64 = 0
        var isComplete = false
        var failure: (any Error)?
        /// The mirror that some of it came from.
        var mirror: Endpoint?
    }

    /// What the manifest says of it.
    public let descriptor: Descriptor
    private let cache: BlobCache
    private let condition = NSCondition()
    private var state = State()

    init(_ descriptor: Descriptor, cache: BlobCache = .none) {
        self.descriptor = descriptor
        self.cache = cache
    }

    deinit { if state.descriptor >= 0 { close(state.descriptor) } }

    /// How many bytes are on disk.
    public var bytesPresent: Int64 { locked { $0.bytesPresent } }

    /// Reads at `offset` what is on disk; waits while nothing is. Returns how many bytes, 0 at the end of the whole
    /// blob. Throws why the rest does not come, `UnreadableBlob` when the file is broken.
    public func read(into buffer: inout MutableRawSpan, at offset: Int64) throws -> Int {
        condition.lock()
        while state.bytesPresent <= offset, !state.isComplete, state.failure == nil { condition.wait() }
        let (file, start, available, failure) = (
            state.descriptor, state.start, state.bytesPresent - offset, state.failure
        )
        condition.unlock()
        guard available > 0 else {
            if let failure { throw failure }
            return 0
        }
        let wanted = Int(min(available, Int64(buffer.byteCount)))
        let count = unsafe buffer.withUnsafeMutableBytes {
            unsafe pread(file, $0.baseAddress, wanted, Int(start + offset))
        }
        guard count > 0 else {
            throw UnreadableBlob(digest: descriptor.digest, reason: count < 0 ? Self.words(errno) : "it was cut off")
        }
        return count
    }

    /// The reader found size and digest right: the blob takes its place in the cache.
    public func accept() {
        let (path, finalPath) = locked { ($0.path, $0.finalPath) }
        if let path, let finalPath, path != finalPath { unsafe _ = rename(path, finalPath) }
    }

    /// The reader found it wrong or unreadable: it leaves the cache, and the mirror that sent any of it is not asked
    /// again. True when another try is worth it, for some of it had been there before this pull or came from a mirror;
    /// what the registry has sent just now it would send again.
    public func reject() -> Bool {
        let state = locked { $0 }
        state.mirror?.isDropped.store(true, ordering: .relaxed)
        if let path = state.path, state.finalPath != nil, unsafe unlink(path) != 0, errno != ENOENT {
            cache.distrust(descriptor.digest)
        }
        return state.mirror != nil || state.finalPath != nil && state.bytesFound > 0
    }

    // MARK: The side that fetches

    /// Takes an open file as it is; `finalPath` is nil for one that is not the cache's.
    func open(
        _ file: CInt, from start: Int64 = 0, path: String?, finalPath: String?, bytesPresent: Int64, isComplete: Bool
    ) {
        locked { state in
            state.descriptor = file
            state.start = start
            state.path = path
            state.finalPath = finalPath
            state.bytesPresent = bytesPresent
            state.bytesFound = bytesPresent
            state.isComplete = isComplete
        }
    }

    /// Writes the next bytes to the file. Throws when the disk refuses them, or they are more than were announced.
    func append(_ data: Data) throws {
        let (file, offset) = locked { ($0.descriptor, $0.bytesPresent) }
        guard Int64(data.count) <= descriptor.size - offset else {
            throw RegistryError.tooLarge(subject: "blob \(descriptor.digest)", limit: descriptor.size)
        }
        var code = Self.write(data, to: file, at: offset)
        if code != 0, locked({ $0.path }) != nil {
            try leaveCache(Self.words(code), bytesPresent: offset)
            code = Self.write(data, to: file, at: offset)
        }
        guard code == 0 else {
            throw RegistryError.file(
                "a temporary file for blob \(descriptor.digest.short)",
                reason: "\(Self.words(code)); set TMPDIR to a folder with more room")
        }
        locked { $0.bytesPresent += Int64(data.count) }
    }

    /// Goes on in a file without a name, because the cache's disk takes no more. The new file takes the old one's
    /// place behind the same descriptor, so that a reader notices nothing; the lock goes with the old one.
    private func leaveCache(_ reason: String, bytesPresent: Int64) throws {
        cache.warn(reason)
        let (file, path) = locked { ($0.descriptor, $0.path) }
        let (temporary, _) = try TemporaryFile.make(size: descriptor.size)
        defer { close(temporary) }
        var chunk = [UInt8](repeating: 0, count: 256 << 10)
        var offset: Int64 = 0
        while offset < bytesPresent {
            let wanted = Int(min(Int64(chunk.count), bytesPresent - offset))
            let count = unsafe pread(file, &chunk, wanted, Int(offset))
            let code = count > 0 ? Self.write(Data(chunk[..<count]), to: temporary, at: offset) : EIO
            guard code == 0 else { throw RegistryError.file("a temporary file", reason: Self.words(code)) }
            offset += Int64(count)
        }
        if let path { unsafe _ = unlink(path) }
        guard dup2(temporary, file) >= 0, fcntl(file, F_SETFD, FD_CLOEXEC) == 0 else {
            throw RegistryError.file("a temporary file", reason: Self.words(errno))
        }
        locked { state in
            state.path = nil
            state.finalPath = nil
        }
    }

    /// Writes all of `data`; 0, or errno.
    private static func write(_ data: Data, to file: CInt, at offset: Int64) -> CInt {
        var written = 0
        while written < data.count {
            let count = unsafe data.withUnsafeBytes { bytes in
                unsafe pwrite(
                    file, bytes.baseAddress?.advanced(by: written), data.count - written, Int(offset) + written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count < 0 ? errno : ENOSPC }
            written += count
        }
        return 0
    }

    func comes(from mirror: Endpoint) { locked { $0.mirror = mirror } }

    func complete() { locked { $0.isComplete = true } }

    func fail(_ error: any Error) { locked { $0.failure = error } }

    private func locked<Result>(_ body: (inout State) -> Result) -> Result {
        condition.lock()
        defer {
            condition.broadcast()
            condition.unlock()
        }
        return body(&state)
    }

    static func words(_ code: CInt) -> String { unsafe String(cString: strerror(code)) }
}
