import Glibc

/// The way from `Process` to bwrap. `Process` puts its child in a process group of its own, in the terminal's background,
/// and closes every descriptor above 2; so it starts this program again with a hidden first argument, and that joins the
/// caller's group, opens the descriptors that bwrap needs through `/proc/PARENT/fd`, and starts bwrap.
enum Trampoline {
    private static let mark = "\u{1}bwrap"

    /// The first arguments of the second start: mark, parent, group, descriptors as `FROM>TO,...`. What follows is the
    /// program with its arguments.
    static func arguments(descriptors: [(from: CInt, to: CInt)]) -> [String] {
        [mark, String(getpid()), String(getpgrp()), descriptors.map { "\($0.from)>\($0.to)" }.joined(separator: ",")]
    }

    /// Starts bwrap and ends with its status when this process was started for it; else returns.
    static func continueIfStarted(_ arguments: [String]) {
        guard arguments.first == mark, arguments.count > 4, let parent = pid_t(arguments[1]), getppid() == parent,
            let group = pid_t(arguments[2])
        else { return }
        setpgid(0, group)
        closeOnExec()
        for pair in arguments[3].split(separator: ",") {
            let numbers = pair.split(separator: ">").compactMap { CInt($0) }
            let opened = unsafe open("/proc/\(parent)/fd/\(numbers[0])", O_RDWR | O_CLOEXEC)
            guard opened >= 0 else { fail("open /proc/\(parent)/fd/\(numbers[0])") }
            // A descriptor that has its number already must not be closed at exec.
            if opened == numbers[1] { _ = fcntl(opened, F_SETFD, 0) } else { dup2(opened, numbers[1]) }
        }
        let words = Array(arguments[4...])
        if NestedNamespaces.enter() { NestedNamespaces.supervise(words, parent: parent) }
        execute(words)
    }

    private static func closeOnExec() {
        guard closeRange(3, CUnsignedInt.max, 1 << 2) != 0 else { return }
        for descriptor in 3..<CInt(clamping: sysconf(CInt(_SC_OPEN_MAX))) {
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
    }

    /// Becomes bwrap, where no namespace can be made for it; Ctrl-C ends it then before the command's cleanup is over.
    private static func execute(_ words: [String]) -> Never {
        unsafe withCommand(words) { path, words, environment in
            _ = unsafe execve(path, words, environment)
        }
        fail("execve \(words[0])")
    }

    static func fail(_ call: String) -> Never {
        unsafe perror("d-run: \(call)")
        exit(125)
    }

    /// The words and an empty environment as exec takes them.
    static func withCommand(
        _ words: [String],
        _ body: (
            UnsafePointer<CChar>, UnsafePointer<UnsafeMutablePointer<CChar>?>,
            UnsafePointer<UnsafeMutablePointer<CChar>?>
        ) -> Void
    ) {
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) }
        unsafe pointers.append(nil)
        let empty: [UnsafeMutablePointer<CChar>?] = unsafe [nil]
        unsafe body(words[0], pointers, empty)
        unsafe pointers.forEach { unsafe free($0) }
    }
}
