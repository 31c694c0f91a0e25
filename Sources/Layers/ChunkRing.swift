import Dispatch

/// A few chunks that travel from one thread to another: the producer fills them, the consumer reads them, each blocks
/// while it has to wait for the other. So memory is bounded and no stage runs away.
///
/// `@unchecked Sendable`: a slot belongs to the producer or to the consumer, never to both. `free` and `filled` count
/// the slots of each, and taking from a semaphore orders the memory after what the giver wrote.
///
/// Invariants:
/// 1. `slots` holds `count` slots of `slotSize` bytes for the life of the ring: a chunk's length (0 is the end of the
///    stream), then the chunk.
/// 2. The producer touches slot `produced % count` after it took it from `free` and until it signals `filled`; the
///    consumer touches slot `consumed % count` after it took it from `filled` and until it signals `free`.
/// 3. Only the producer touches `produced`, only the consumer `consumed` and `consumedBytes`; `outcome` is written
///    before the slot of length 0 is signalled and read after it was taken.
@safe final class ChunkRing: @unchecked Sendable {
    /// Chunks of 512 KiB keep system calls and hand-overs rare; six let the two sides drift apart for some milliseconds.
    static let chunkSize = 512 << 10
    static let count = 6
    private static let slotSize = 64 + chunkSize

    private let slots = UnsafeMutableRawBufferPointer.allocate(byteCount: slotSize * count, alignment: 64)
    /// Begins at 0 and is raised by `init`: one that goes while its value is less than the first traps, and a reader that
    /// gives up leaves slots taken.
    private let free = DispatchSemaphore(value: 0)
    private let filled = DispatchSemaphore(value: 0)
    private let abandoned = DispatchSemaphore(value: 0)
    private var outcome: Result<Void, any Error> = .success(())
    private var produced = 0
    private var consumed = 0
    private var consumedBytes = 0

    init() { for _ in 0..<Self.count { free.signal() } }

    deinit { unsafe slots.deallocate() }

    private func slot(_ number: Int) -> UnsafeMutableRawBufferPointer {
        let start = number % Self.count * Self.slotSize
        return unsafe UnsafeMutableRawBufferPointer(rebasing: slots[start..<start + Self.slotSize])  // invariant 1
    }

    /// The producer's whole work: reads `source` to its end or to its error. Ends early when the consumer has gone.
    func fill(from source: any ByteSource) {
        var source = source
        var length = 0
        repeat {
            free.wait()
            if abandoned.wait(timeout: .now()) == .success { return }
            let slot = unsafe slot(produced)  // invariant 2
            do {
                var chunk = unsafe MutableRawSpan(_unsafeBytes: UnsafeMutableRawBufferPointer(rebasing: slot[64...]))
                length = try source.read(into: &chunk)
            } catch {
                length = 0
                outcome = .failure(error)
            }
            unsafe slot.storeBytes(of: length, as: Int.self)
            produced += 1
            filled.signal()
        } while length > 0
    }

    /// Called by the consumer when it stops before the end: wakes the producer, which then ends.
    func abandon() {
        abandoned.signal()
        free.signal()
    }

    /// The consumer's side: copies out what the oldest chunk still holds; 0 at the end. Throws what the source threw.
    func read(into buffer: inout MutableRawSpan) throws -> Int {
        if consumedBytes == 0 { filled.wait() }
        let slot = unsafe slot(consumed)  // invariant 2
        let length = unsafe slot.load(as: Int.self)
        guard length > 0 else {
            filled.signal()  // every later call is to see the end too
            try outcome.get()
            return 0
        }
        let copied = min(length - consumedBytes, buffer.byteCount)
        let start = 64 + consumedBytes
        unsafe buffer.withUnsafeMutableBytes { target in
            unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: slot[start..<start + copied]))
        }
        consumedBytes += copied
        if consumedBytes == length {
            consumed += 1
            consumedBytes = 0
            free.signal()
        }
        return copied
    }
}
