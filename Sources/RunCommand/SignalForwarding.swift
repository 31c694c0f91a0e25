import Glibc
import Synchronization

/// Signals to d-run go on to its second start. Those that the terminal sends reached the whole process group already.
///
/// Handlers rather than SIG_IGN, which the command would inherit; what was ignored stays so (`nohup`).
enum SignalForwarding {
    private static let target = Atomic<pid_t>(0)
    /// The signals that are to go on, a bit for each.
    private static let waiting = Atomic<UInt64>(0)

    /// Installs the handlers; until `aim` the signals wait.
    static func start(_ signals: [CInt]) {
        for number in signals {
            var action = sigaction()
            guard unsafe sigaction(number, nil, &action) == 0 else { continue }
            let ignores = unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
            if ignores { continue }
            unsafe action.__sigaction_handler.sa_sigaction = { number, information, _ in
                // A code above 0 is the kernel's: the terminal's Ctrl-C or Ctrl-\. Of its hang-up it tells only the session's
                // leader, which d-run may be, and the group in front, which the command may not be in.
                guard let code = unsafe information?.pointee.si_code, code <= 0 || number == SIGHUP else { return }
                SignalForwarding.waiting.bitwiseOr(1 << UInt64(number), ordering: .sequentiallyConsistent)
                SignalForwarding.deliver()
            }
            action.sa_flags = SA_SIGINFO | SA_RESTART
            unsafe sigaction(number, &action, nil)
        }
    }

    /// Names the process that gets the signals.
    static func aim(at child: pid_t) {
        target.store(child, ordering: .sequentiallyConsistent)
        deliver()
    }

    private static func deliver() {
        let child = target.load(ordering: .sequentiallyConsistent)
        guard child > 0 else { return }
        var numbers = waiting.exchange(0, ordering: .sequentiallyConsistent)
        while numbers != 0 {
            kill(child, CInt(numbers.trailingZeroBitCount))
            numbers &= numbers - 1
        }
    }
}
