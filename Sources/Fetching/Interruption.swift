import Foundation
import Glibc
import Synchronization

/// SIGINT, SIGTERM and SIGHUP, turned into an error that the pull meets at its next chunk, so that it ends by its
/// ordinary way and leaves nothing behind.
public final class Interruption: Sendable {
    /// What `check` throws.
    public struct Received: Error {}

    private let signal = Atomic<CInt>(0)
    private let action = Mutex<(@Sendable () -> Void)?>(nil)

    private init() {}

    /// From now on a thread waits for the signals; called before any other thread exists, so that all inherit the mask.
    /// A signal that the caller had ignored (nohup) stays ignored. A reader of our output that is gone, or a file over
    /// the shell's limit, is no signal any more but the error of the call, so that nothing is left behind.
    public static func watch() -> Interruption {
        let interruption = Interruption()
        for ignored in [SIGPIPE, SIGXFSZ] { Glibc.signal(ignored, SIG_IGN) }
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM, SIGHUP] where !isIgnored(signal) { unsafe sigaddset(&signals, signal) }
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
        let watched = signals
        Thread.detachNewThread { interruption.wait(for: watched) }
        return interruption
    }

    /// Calls `action` when a signal comes, to wake what sleeps; at once if it has come already.
    func whenReceived(_ action: @escaping @Sendable () -> Void) {
        self.action.withLock { $0 = action }
        if signal.load(ordering: .sequentiallyConsistent) != 0 { action() }
    }

    /// Throws `Received` when one of the signals has come.
    func check() throws(Received) {
        if signal.load(ordering: .relaxed) != 0 { throw Received() }
    }

    /// Ends the process as the signal would have, so that a shell sees why; does nothing when none has come.
    public func endProcessIfReceived() {
        let signal = signal.load(ordering: .sequentiallyConsistent)
        guard signal != 0 else { return }
        Glibc.signal(signal, SIG_DFL)
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, signal)
        unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        raise(signal)
    }

    private func wait(for signals: sigset_t) {
        var signals = signals
        var received: CInt = 0
        while unsafe sigwait(&signals, &received) == 0 {
            signal.store(received, ordering: .sequentiallyConsistent)
            action.withLock { $0 }?()
        }
    }

    private static func isIgnored(_ signal: CInt) -> Bool {
        // The mask in /proc is the plain way to ask: comparing handlers is not for Swift.
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("SigIgn:") } ?? ""
        let mask = UInt64(line.split(separator: "\t").last ?? "", radix: 16) ?? 0
        return mask & 1 << UInt64(signal - 1) != 0
    }
}
