import Glibc

/// A thread of its own for work that waits, which would hold up others in Dispatch's pool: that has a thread a
/// processor, and takes a second to make up for one that waits. Foundation, which has a `Thread`, is not used here.
enum DetachedThread {
    private final class Work: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }

    /// Runs `body` on a new thread. Throws `LayerError.system` when there can be none.
    static func start(_ body: @escaping @Sendable () -> Void) throws(LayerError) {
        // SAFETY: the one reference goes to the thread, or is taken back where there is none.
        let work = unsafe Unmanaged.passRetained(Work(body))
        var thread = pthread_t()
        let error = unsafe pthread_create(
            &thread, nil,
            { context in
                if let context = unsafe context {
                    unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
                }
                return nil
            }, work.toOpaque())
        guard error == 0 else {
            unsafe work.release()
            throw .system("pthread_create", "a layer", error)
        }
        pthread_detach(thread)
    }
}
