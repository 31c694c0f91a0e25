import ContainerImage
import Foundation
import Glibc
import Synchronization

/// Brings one blob into its file: from the cache, from where an earlier run or another process stopped, or from the
/// registry.
struct BlobDownload: Sendable {
    let blob: Blob
    let client: RegistryClient
    let cache: BlobCache

    /// What stands in the cache for the blob.
    private enum Claim {
        /// All of it, opened.
        case finished
        /// `.part`, open and locked.
        case part(CInt)
        /// Nothing, and nothing can be put there.
        case refused
    }

    /// Does the whole work; the blob tells the outcome.
    func run() {
        do {
            guard let path = cache.path(of: blob.descriptor.digest) else { return try fetchWithoutName() }
            switch try claim(path) {
            case .finished: return
            case .refused: try fetchWithoutName()
            case .part(let part):
                // The file stays open in the blob, but the lock is only for who writes.
                defer { flock(part, LOCK_UN) }
                try continuePart(part, path)
            }
        } catch {
            blob.fail(error)
        }
    }

    /// Takes a blob that is in the cache and has the right size; false when there is none.
    static func openFinished(_ blob: Blob, in cache: BlobCache) -> Bool {
        let digest = blob.descriptor.digest
        guard let path = cache.path(of: digest), !cache.distrusts(digest) else { return false }
        let file = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { return false }
        guard size(of: file) == blob.descriptor.size else {
            close(file)
            unsafe unlink(path)
            return false
        }
        unsafe utimensat(AT_FDCWD, path, nil, 0)
        blob.open(file, path: path, finalPath: path, bytesPresent: blob.descriptor.size, isComplete: true)
        return true
    }

    private func fetchWithoutName() throws {
        let (file, _) = try TemporaryFile.make(size: blob.descriptor.size)
        blob.open(file, path: nil, finalPath: nil, bytesPresent: 0, isComplete: false)
        try fetch()
    }

    /// Opens `.part` and locks it; waits while another process downloads into it.
    private func claim(_ path: String) throws -> Claim {
        var hasTold = false
        while !Self.openFinished(blob, in: cache) {
            guard !cache.distrusts(blob.descriptor.digest) else { return .refused }
            let part = unsafe Glibc.open("\(path).part", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
            guard part >= 0 else {
                cache.warn(Blob.words(errno))
                return .refused
            }
            while flock(part, LOCK_EX | LOCK_NB) != 0 {
                guard errno == EWOULDBLOCK || errno == EINTR else {
                    cache.warn("it cannot be locked: \(Blob.words(errno))")
                    close(part)
                    return .refused
                }
                if !hasTold { cache.note("another pull is downloading blob \(blob.descriptor.digest.short); waiting") }
                hasTold = true
                do {
                    try client.checkCancelled()
                } catch {
                    close(part)
                    throw error
                }
                usleep(50_000)
            }
            var opened = stat()
            var named = stat()
            let isStillThere =
                unsafe fstat(part, &opened) == 0 && stat("\(path).part", &named) == 0 && opened.st_ino == named.st_ino
            if isStillThere {
                // Between the look at the finished blob and this lock another process may have finished it.
                guard Self.openFinished(blob, in: cache) else { return .part(part) }
                unsafe _ = unlink("\(path).part")
                close(part)
                return .finished
            }
            close(part)  // it got its final name, or was dropped, while we waited
        }
        return .finished
    }

    private func continuePart(_ part: CInt, _ path: String) throws {
        var size = Self.size(of: part)
        if size > blob.descriptor.size {
            ftruncate(part, 0)
            size = 0
        }
        blob.open(part, path: "\(path).part", finalPath: path, bytesPresent: size, isComplete: false)
        try fetch()
    }

    /// Downloads what is missing, again and again while there is progress or patience.
    private func fetch() throws {
        var failures = 0
        var takesRanges = true
        while blob.bytesPresent < blob.descriptor.size {
            let before = blob.bytesPresent
            do {
                let response = try fetchOnce(from: before, asRange: takesRanges)
                if [206, 416].contains(response.status), blob.bytesPresent == before { takesRanges = false }
                try check(response)
            } catch {
                if blob.bytesPresent > before { failures = 0 }
                try client.wait(afterFailures: failures, error)
                failures += 1
            }
        }
        blob.complete()
    }

    private func fetchOnce(from offset: Int64, asRange: Bool) throws -> HTTPResponse {
        // What a server without ranges sends again is skipped; the reader may have read it already.
        let skip = Mutex<Int64>(0)
        let failure = Mutex<(any Error)?>(nil)
        let outcome = Result {
            try client.stream(blob.descriptor, from: asRange ? offset : 0) { start, mirror in
                skip.withLock { $0 = offset - start }
                if let mirror { blob.comes(from: mirror) }
            } receive: { data in
                do {
                    try blob.append(skip.withLock { Self.drop(&$0, from: data) })
                    return true
                } catch {
                    failure.withLock { $0 = error }
                    return false
                }
            }
        }
        if let failure = failure.withLock({ $0 }) { throw failure }
        return try outcome.get()
    }

    /// Throws what an answer means that did not bring the rest.
    private func check(_ response: HTTPResponse) throws {
        guard blob.bytesPresent < blob.descriptor.size else { return }
        let url = client.blobURL(blob.descriptor)
        switch response.status {
        case 200, 206, 416:
            throw RegistryError.transfer(
                url: url.withoutSecrets,
                reason: "the body ended after \(blob.bytesPresent) of \(blob.descriptor.size) bytes")
        case _ where RetryPolicy.isTransient(response.status): throw TransientStatus(response: response, url: url)
        default: throw client.error(for: response, at: url)
        }
    }

    private static func drop(_ count: inout Int64, from data: Data) -> Data {
        let dropped = min(count, Int64(data.count))
        count -= dropped
        return dropped == 0 ? data : data.dropFirst(Int(dropped))
    }

    private static func size(of file: CInt) -> Int64 {
        var status = stat()
        return unsafe fstat(file, &status) == 0 ? Int64(status.st_size) : 0
    }
}
