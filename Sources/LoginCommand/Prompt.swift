internal import Console
import Glibc

/// Asks a person on the terminal, wherever the standard streams lead.
enum Prompt {
    private static let lineLimit = 4096
    /// What would end or stop the process.
    private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP]

    /// The line that is typed, without its end. With `hidesAnswer` it does not appear on the terminal, which is as it
    /// was before whenever the process stops, by a signal too. Throws `LoginError.noTerminal`.
    static func ask(_ question: String, hidesAnswer: Bool) throws(LoginError) -> String {
        let terminal = unsafe open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard terminal >= 0 else { throw .noTerminal }
        defer { close(terminal) }
        var before = termios()
        guard unsafe tcgetattr(terminal, &before) == 0 else { throw .noTerminal }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO)
        silent.c_lflag |= tcflag_t(ECHONL)
        while true {
            // The signals wait until the terminal is as it was.
            var caught = sigset_t()
            var mask = sigset_t()
            unsafe sigemptyset(&caught)
            for signal in signals { unsafe sigaddset(&caught, signal) }
            unsafe pthread_sigmask(SIG_BLOCK, &caught, &mask)
            if hidesAnswer { unsafe tcsetattr(terminal, TCSAFLUSH, &silent) }
            Terminal.write(question, to: terminal)
            let line = readLine(terminal)
            if hidesAnswer { unsafe tcsetattr(terminal, TCSAFLUSH, &before) }
            if line == nil { Terminal.write("\n", to: terminal) }
            unsafe pthread_sigmask(SIG_SETMASK, &mask, nil)
            if let line { return line }
        }
    }

    /// Nil when a signal waits.
    private static func readLine(_ terminal: CInt) -> String? {
        var line: [UInt8] = []
        while line.count < lineLimit {
            var poller = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
            let isReady = unsafe poll(&poller, 1, 50) > 0
            var pending = sigset_t()
            unsafe sigpending(&pending)
            guard !signals.contains(where: { unsafe sigismember(&pending, $0) == 1 }) else { return nil }
            guard isReady else { continue }
            var byte: UInt8 = 0
            guard unsafe read(terminal, &byte, 1) == 1, byte != UInt8(ascii: "\n") else { break }
            line.append(byte)
        }
        return String(decoding: line, as: UTF8.self)
    }
}
