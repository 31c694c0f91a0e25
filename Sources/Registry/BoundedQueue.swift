import Foundation
import Synchronization

/// A queue for URLSession's callbacks that makes URLSession wait while some are pending.
///
/// URLSession itself knows no back pressure: while the disk is slow, it would pile up what the network brings in
/// memory. No callback of ours waits for anything but the disk, so the queue always drains.
final class BoundedQueue: OperationQueue, @unchecked Sendable {
    private let room = DispatchSemaphore(value: 4)
    private let isOpen = Atomic(false)

    override init() {
        super.init()
        maxConcurrentOperationCount = 1
    }

    override func addOperation(_ block: @escaping @Sendable () -> Void) {
        if !isOpen.load(ordering: .relaxed) { room.wait() }
        super.addOperation { [room] in
            block()
            room.signal()
        }
    }

    /// Never waits again: for a callback that calls `cancel`, which waits for URLSession, which may be waiting here.
    func stopWaiting() {
        isOpen.store(true, ordering: .relaxed)
        room.signal()
    }
}
