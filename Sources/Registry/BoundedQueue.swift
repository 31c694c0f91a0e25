import Foundation

/// A queue for URLSession's callbacks that makes URLSession wait while many are pending.
///
/// URLSession itself knows no back pressure: while the disk is slow, it would pile up what the network brings in
/// memory. No callback of ours waits for anything but the disk, so the queue always drains.
final class BoundedQueue: OperationQueue, @unchecked Sendable {
    /// Pieces of a body are some 16 to 64 KiB.
    private let room = DispatchSemaphore(value: 16)

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
