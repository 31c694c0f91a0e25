import Foundation

/// Runs downloads in the order they come, a few at a time.
///
/// On threads of their own, for a download waits most of its time: Dispatch has a thread a processor, and takes a second
/// to make up for each that waits, in which URLSession, which works there, would stand still.
///
/// `@unchecked Sendable`: `state` is only touched while `lock` is held. Not a `Mutex`, for what a thread gets here was made
/// by another, and where threads contend for a `Mutex` the thread sanitizer does not see that the one came before.
final class DownloadThreads: @unchecked Sendable {
    /// At the same time; more gain nothing from one server.
    private static let limit = 4

    private struct State {
        var waiting: [BlobDownload] = []
        var threads = 0
    }

    private let lock = NSLock()
    private var state = State()

    func add(_ download: BlobDownload) {
        let needsThread = lock.withLock {
            state.waiting.append(download)
            guard state.threads < Self.limit else { return false }
            state.threads += 1
            return true
        }
        if needsThread { Thread.detachNewThread { self.work() } }
    }

    private func work() {
        while let download = next() { download.run() }
    }

    /// The download that waits longest; nil when there is none, and then the thread ends.
    private func next() -> BlobDownload? {
        lock.withLock {
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.threads -= 1
            return nil
        }
    }
}
