import Console
import Glibc

/// The way from `Process` to bwrap. `Process` puts its child in a process group of its own, in the terminal's background,
/// and closes every descriptor above 2; so it starts this program again with a hidden first argument, and that joins the
/// caller's group, opens the descriptors that bwrap needs through `/proc/PARENT/fd`, and starts bwrap.
enum Trampoline {
    /// Starts bwrap and ends with its status when this process was started for it; else returns.
    static func continueIfStarted(_ arguments: [String]) {
        if let launch = Launch(arguments) { run(launch) }
        if let entry = ContainerEntry(arguments) { entry.run() }
    }

    private static func run(_ launch: Launch) -> Never {
        joinCaller(parent: launch.parent, group: launch.group)
        var launch = launch
        do {
            launch.descriptors = try open(launch)
            try GroupLimits.verify(files: launch.groupFiles)
            if launch.nests {
                let pasta = launch.pasta.isEmpty ? nil : try Pasta(starting: launch.pasta)
                guard try OuterNamespaces.enter(launch) else { try execute(launch) }
                try pasta?.enter()
                let supervisor = Supervisor(
                    parent: launch.parent, stop: launch.stop, stopTimeout: launch.stopTimeout)
                let bwrap = try start(launch, mask: supervisor.block())
                supervisor.run(
                    bwrap, pasta: pasta?.process, last: { GroupLimits.tellOfKills(files: launch.groupFiles) }
                ) {
                    ProcessTree.command(ofBubblewrap: bwrap)
                }
            }
            try execute(launch)
        } catch {
            fail("\(error)")
        }
    }

    /// Becomes a member of the caller's process group that dies with its parent, with standard streams alone.
    static func joinCaller(parent: pid_t, group: pid_t) {
        guard getppid() == parent else { exit(125) }
        setpgid(0, group)
        guard closeRange(3, CUnsignedInt.max, 1 << 2) != 0 else { return }
        for descriptor in 3..<CInt(clamping: sysconf(CInt(_SC_OPEN_MAX))) {
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
    }

    /// Asks the kernel to kill this process when its parent ends. Has to come after changes of the user namespace.
    static func dieWithParent(_ parent: pid_t) {
        processControl(1, CUnsignedLong(SIGKILL), nil, 0, 0)
        guard getppid() == parent else { exit(125) }
    }

    /// The parent's descriptors, open here above all numbers that bwrap uses; inside another user namespace the parent's
    /// folder in /proc is closed.
    private static func open(_ launch: Launch) throws -> [Launch.Descriptor] {
        try launch.descriptors.map { descriptor in
            let path = "/proc/\(launch.parent)/fd/\(descriptor.from)"
            let opened = unsafe Glibc.open(path, O_RDWR | O_CLOEXEC)
            guard opened >= 0 else { throw RunError.systemCall("open", subject: path, reason: FileSystem.lastError) }
            defer { close(opened) }
            return Launch.Descriptor(from: fcntl(opened, F_DUPFD_CLOEXEC, 512), to: descriptor.to)
        }
    }

    /// What the program inherits: bwrap's descriptors and the limits.
    private static func prepare(_ launch: Launch) throws {
        for descriptor in launch.descriptors { dup2(descriptor.from, descriptor.to) }
        for limit in launch.limits { try limit.apply() }
    }

    /// Starts bwrap as process 1 of the new pid namespace, with a /proc that shows it: bwrap looks itself and its child up
    /// there. Where /proc is covered in parts, none can be mounted, by bwrap neither.
    private static func start(_ launch: Launch, mask: sigset_t) throws -> pid_t {
        try prepare(launch)
        let (words, none) = (CStrings(launch.words), CStrings([]))
        var program = unsafe Program(words: words.pointers, environment: none.pointers, mask: mask)
        let stackSize = 65536
        let stack = UnsafeMutableRawPointer.allocate(byteCount: stackSize, alignment: 16)
        defer { unsafe stack.deallocate() }
        // CLONE_VM | CLONE_VFORK: to copy the memory's tables and what both then write costs a fifth of a millisecond.
        let child = withExtendedLifetime((words, none)) {
            unsafe cloneProcess(
                { unsafe $0?.assumingMemoryBound(to: Program.self).pointee.become() ?? 125 }, stack + stackSize,
                0x4100 | SIGCHLD, &program)
        }
        guard child > 0 else {
            throw RunError.systemCall("clone", subject: launch.words[0], reason: FileSystem.lastError)
        }
        return child
    }

    /// bwrap as the child gets it.
    @unsafe private struct Program {
        let words: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
        let environment: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
        var mask: sigset_t

        mutating func become() -> CInt {
            if unshareNamespaces(Namespace.mnt.rawValue) == 0 {
                // MS_NOSUID | MS_NODEV | MS_NOEXEC
                _ = unsafe mountFileSystem("proc", "/proc", "proc", 0xE, "")
            }
            unsafe sigprocmask(SIG_SETMASK, &mask, nil)
            if let path = unsafe words[0] {
                _ = unsafe execve(path, words, environment)
                unsafe perror("\(RunOptions.syntax.name): \(String(cString: path))")
            }
            return 125
        }
    }

    /// Becomes bwrap, where no namespace can be made for it; Ctrl-C ends it then before the command's cleanup is over.
    private static func execute(_ launch: Launch) throws -> Never {
        try prepare(launch)
        let (words, none) = (CStrings(launch.words), CStrings([]))
        withExtendedLifetime((words, none)) { _ = unsafe execve(launch.words[0], words.pointers, none.pointers) }
        throw RunError.systemCall("execve", subject: launch.words[0], reason: FileSystem.lastError)
    }

    static func fail(_ message: String, from name: String = RunOptions.syntax.name) -> Never {
        Terminal.report(message, from: name)
        exit(125)
    }
}
