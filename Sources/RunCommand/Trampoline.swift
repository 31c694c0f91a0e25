import Glibc

/// The way from `Process` to bwrap. `Process` puts its child in a process group of its own, in the terminal's background,
/// and closes every descriptor above 2; so it starts this program again with a hidden first argument, and that joins the
/// caller's group, opens the descriptors that bwrap needs through `/proc/PARENT/fd`, and becomes bwrap.
enum Trampoline {
    private static let mark = "\u{1}bwrap"

    /// The first arguments of the second start: mark, parent, group, descriptors as `FROM>TO,...`. What follows is the
    /// program with its arguments.
    static func arguments(descriptors: [(from: CInt, to: CInt)]) -> [String] {
        [mark, String(getpid()), String(getpgrp()), descriptors.map { "\($0.from)>\($0.to)" }.joined(separator: ",")]
    }

    /// Becomes bwrap when this process was started for it; else returns.
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
        execute(Array(arguments[4...]))
    }

    private static func closeOnExec() {
        guard closeRange(3, CUnsignedInt.max, 1 << 2) != 0 else { return }
        for descriptor in 3..<CInt(clamping: sysconf(CInt(_SC_OPEN_MAX))) {
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
    }

    private static func execute(_ words: [String]) -> Never {
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) }
        unsafe pointers.append(nil)
        var empty: [UnsafeMutablePointer<CChar>?] = unsafe [nil]
        unsafe execve(words[0], &pointers, &empty)
        fail("execve \(words[0])")
    }

    private static func fail(_ call: String) -> Never {
        unsafe perror("d-run: \(call)")
        exit(125)
    }
}

/// close_range(2), which the Glibc module leaves out; the flag 4 is CLOSE_RANGE_CLOEXEC.
@_silgen_name("close_range")
private func closeRange(_ first: CUnsignedInt, _ last: CUnsignedInt, _ flags: CInt) -> CInt
