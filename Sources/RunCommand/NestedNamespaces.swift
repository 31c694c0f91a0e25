import Glibc

/// A user and a pid namespace around bwrap, in which bwrap is process 1. The kernel shields that one from the terminal's
/// signals: Ctrl-C, which reaches the whole process group, would else end bwrap, and with it the command in the middle of
/// its own cleanup.
enum NestedNamespaces {
    /// Makes the namespaces; the next child is process 1 in them. False where the system forbids it, with nothing done.
    static func enter() -> Bool {
        // Under Ubuntu's rule the namespace is made but powerless; there bwrap alone may have a profile.
        guard UserNamespaces.likelyRefusal == nil else { return false }
        // bwrap, whose child is process 2 then, looks that up in a /proc that shows other processes. On a system with
        // few of them there may be none of this number, and bwrap gives up.
        guard unsafe access("/proc/2/ns", F_OK) == 0 else { return false }
        let (uid, gid) = (getuid(), getgid())
        guard unshareNamespaces(0x3000_0000) == 0 else { return false }
        for (file, text) in [("setgroups", "deny"), ("uid_map", "\(uid) \(uid) 1"), ("gid_map", "\(gid) \(gid) 1")] {
            let descriptor = unsafe open("/proc/self/\(file)", O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0, unsafe write(descriptor, text, text.utf8.count) == text.utf8.count else {
                Trampoline.fail("write /proc/self/\(file)")
            }
            close(descriptor)
        }
        return true
    }

    /// Runs bwrap to its end and ends with its status. Signals that somebody sent, not the terminal, go on to the
    /// command itself; bwrap would not hand them on.
    static func supervise(_ words: [String], parent: pid_t) -> Never {
        _ = processControl(1, CUnsignedLong(SIGKILL))
        guard getppid() == parent else { exit(125) }
        var awaited = sigset_t()
        var original = sigset_t()
        unsafe sigemptyset(&awaited)
        for number in [SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGCHLD] { unsafe sigaddset(&awaited, number) }
        unsafe sigprocmask(SIG_BLOCK, &awaited, &original)
        let bwrap = start(words, mask: &original)
        while true {
            var information = unsafe siginfo_t()
            let number = unsafe sigwaitinfo(&awaited, &information)
            if number == SIGCHLD {
                var status: CInt = 0
                guard unsafe waitpid(bwrap, &status, WNOHANG) == bwrap else { continue }
                let signal = status & 0x7F
                exit(signal == 0 ? (status >> 8) & 0xFF : 128 + signal)
            } else if number > 0, unsafe information.si_code <= 0 {
                kill(command(of: bwrap) ?? bwrap, command(of: bwrap) == nil ? SIGKILL : number)
            }
        }
    }

    private static func start(_ words: [String], mask: inout sigset_t) -> pid_t {
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        unsafe posix_spawnattr_setsigmask(&attributes, &mask)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var child: pid_t = 0
        unsafe Trampoline.withCommand(words) { path, words, environment in
            errno = unsafe posix_spawn(&child, path, nil, &attributes, words, environment)
        }
        guard child > 0 else { Trampoline.fail("posix_spawn \(words[0])") }
        return child
    }

    /// The command: the first child of the init that is bwrap's only child.
    private static func command(of bwrap: pid_t) -> pid_t? {
        firstChild(of: bwrap).flatMap(firstChild)
    }

    private static func firstChild(of process: pid_t) -> pid_t? {
        FileSystem.contents(of: "/proc/\(process)/task/\(process)/children", sizeLimit: 1 << 20)
            .flatMap { pid_t(String(decoding: $0.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)) }
    }
}
