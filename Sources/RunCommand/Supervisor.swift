import Glibc

/// Waits for a child and hands signals to a container's command.
///
/// Only what d-run itself sends on counts: the terminal and a manager of services that signals whole groups reach this
/// process, d-run and the command each by themselves.
struct Supervisor {
    /// Signals that d-run hands on; without a handler they would end it.
    static let handedOn = [SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2]

    let parent: pid_t
    /// What the command gets for TERM.
    let stop: StopSignal
    /// Seconds until a command is killed that was asked to stop; so is one that is asked again.
    let stopTimeout: UInt16

    /// Waits for the child's end, ends `pasta`, calls `last` and ends this process with the child's status. `command` is
    /// who gets the signals; while it is not there yet, they kill the child.
    func run(_ child: pid_t, pasta: pid_t? = nil, last: () -> Void = {}, command: () -> pid_t?) -> Never {
        var deadline: Int?
        while true {
            var information = unsafe siginfo_t()
            let number = unsafe wait(until: deadline, &information)
            if let status = Self.status(of: child) {
                if let pasta {
                    kill(pasta, SIGKILL)
                    waitpid(pasta, nil, 0)
                }
                last()
                exit(status)
            }
            if number < 0 {
                if errno == EAGAIN { kill(child, SIGKILL) }
            } else if number != SIGCHLD, unsafe information.si_code <= 0,
                unsafe information._sifields._kill.si_pid == parent
            {
                let isStop = number == SIGTERM || number == stop.number
                guard let command = command(), !isStop || deadline == nil else {
                    kill(child, SIGKILL)
                    continue
                }
                if isStop { deadline = Self.now + Int(stopTimeout) * 1_000_000_000 }
                kill(command, isStop ? stop.number : number)
            }
        }
    }

    /// Blocks the signals that `run` waits for and returns those that were blocked before. A child must be started
    /// after it, or its end could be missed, and with the old ones.
    func block() -> sigset_t {
        var awaited = self.awaited
        var original = sigset_t()
        unsafe sigprocmask(SIG_BLOCK, &awaited, &original)
        return original
    }

    private var awaited: sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for number in Self.handedOn + [SIGCHLD, stop.number] { unsafe sigaddset(&set, number) }
        return set
    }

    /// The next signal; -1 with EAGAIN when the deadline is over.
    private func wait(until deadline: Int?, _ information: inout siginfo_t) -> CInt {
        var awaited = self.awaited
        guard let deadline else { return unsafe sigwaitinfo(&awaited, &information) }
        let left = max(0, deadline - Self.now)
        var time = timespec(tv_sec: left / 1_000_000_000, tv_nsec: left % 1_000_000_000)
        return unsafe sigtimedwait(&awaited, &information, &time)
    }

    /// Nanoseconds of a clock that only goes forward.
    private static var now: Int {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    /// The status of a child that has ended, or 128 + the signal.
    private static func status(of child: pid_t) -> CInt? {
        var status: CInt = 0
        guard unsafe waitpid(child, &status, WNOHANG) == child else { return nil }
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }
}
