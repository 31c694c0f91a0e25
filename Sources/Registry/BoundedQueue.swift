import Foundation

/// A queue for URLSession's callbacks that makes URLSession wait while some are pending.
///
/// URLSession itself knows no back pressure: while the disk is slow, it would pile up what the network brings in
/// memory. No callback may wait for URLSession, `cancel` included, for that may be waiting here; so the queue always
/// drains.
final class BoundedQueue: OperationQueue, @unchecked Sendable {
    private let room = DispatchSemaphore(value: 4)

    override init() {
        super.init()
        maxConcurrentOperationCount = 1
    }

    override func addOperation(_ block: @escaping @Sendable () -> Void) {
        room.wait()
        super.addOperation { [room] in
            block()
            room.signal()
        }
    }
}
