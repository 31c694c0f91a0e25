import Bubblewrap
import Console
import Glibc

/// The second start of d-exec: enters the namespaces of a container and runs a program there as d-run runs its own.
///
/// How that is done is read from the running d-run, which has bwrap's options and filter in files in memory.
struct ContainerEntry {
    static let mark = "\u{1}exec"

    let parent: pid_t
    let group: pid_t
    /// The running d-run.
    let runner: pid_t
    let terminal: Bool
    let command: [String]

    var arguments: [String] { [Self.mark, "\(parent)", "\(group)", "\(runner)", "\(terminal)", "--"] + command }

    init(runner: pid_t, terminal: Bool, command: [String]) {
        parent = getpid()
        group = getpgrp()
        self.runner = runner
        self.terminal = terminal
        self.command = command
    }

    /// Nil when the arguments are none of an entry.
    init?(_ arguments: [String]) {
        guard arguments.first == Self.mark, arguments.count > 6, let parent = pid_t(arguments[1]),
            let group = pid_t(arguments[2]), let runner = pid_t(arguments[3])
        else { return nil }
        self.parent = parent
        self.group = group
        self.runner = runner
        terminal = arguments[4] == "true"
        command = Array(arguments[6...])
    }

    func run() -> Never {
        Trampoline.joinCaller(parent: parent, group: group)
        do {
            let settings = try EntrySettings(of: runner, terminal: terminal)
            guard let first = ProcessTree.initProcess(below: runner) else {
                throw RunError.unreadableContainer(runner, reason: "its program has not started yet, or has ended")
            }
            try joinGroup(of: first)
            let limits = ResourceLimit.all(of: first)
            try enter(first)
            Trampoline.dieWithParent(parent)
            let supervisor = Supervisor(parent: parent, stop: .term, stopTimeout: UInt16.max)
            var mask = supervisor.block()
            let child = forkProcess()
            guard child != 0 else {
                // A parent outside of the pid namespace has no number in it.
                Trampoline.dieWithParent(0)
                become(settings, limits, mask: &mask)
            }
            guard child > 0 else { throw RunError.systemCall("fork", subject: "d-exec", reason: FileSystem.lastError) }
            supervisor.run(child) { child }
        } catch {
            Trampoline.fail("\(error)", from: ExecOptions.syntax.name)
        }
    }

    /// Joins the control group of the container's init, in which its limits hold. Where it has none it does not matter
    /// that the group cannot be joined.
    private func joinGroup(of first: pid_t) throws {
        guard let group = ControlGroup(of: first), group != ControlGroup(of: getpid()) else { return }
        do {
            try group.join()
        } catch {
            guard ProcessTree.launch(of: runner)?.groupFiles.isEmpty != false else { throw error }
        }
    }

    /// Joins all namespaces of the container's init that are not this process's own already. At once, for the right to
    /// join the others comes from being the owner of the outermost user namespace, which is lost inside the inner one.
    private func enter(_ first: pid_t) throws {
        let kinds = Namespace.allCases.filter { kind in
            FileSystem.target(ofLink: "/proc/\(first)/ns/\(kind)") != FileSystem.target(ofLink: "/proc/self/ns/\(kind)")
        }
        let descriptor = CInt(truncatingIfNeeded: systemCall(434, CLong(first), 0))
        defer { close(descriptor) }
        guard descriptor >= 0, joinNamespaces(descriptor, kinds.reduce(0) { $0 | $1.rawValue }) == 0 else {
            throw RunError.unreadableContainer(runner, reason: "setns: \(FileSystem.lastError)")
        }
    }

    /// Becomes the program: the child has all rights of the namespace until here.
    private func become(_ settings: EntrySettings, _ limits: [ResourceLimit], mask: inout sigset_t) -> Never {
        if !terminal { setsid() }
        if unsafe chdir(settings.workingDirectory) != 0 { unsafe chdir("/") }
        for number in 0...63 as ClosedRange<CUnsignedLong> where !settings.capabilities.contains(Int(number)) {
            processControl(24, number, nil, 0, 0)
        }
        guard processControl(38, 1, nil, 0, 0) == 0 else { exit(125, "prctl PR_SET_NO_NEW_PRIVS") }
        for filter in settings.filters {
            let isSet = unsafe filter.withUnsafeBufferPointer { bytes in
                var program = unsafe FilterProgram(length: UInt16(filter.count / 8), instructions: bytes.baseAddress)
                return unsafe processControl(22, 2, &program, 0, 0) == 0
            }
            guard isSet else { exit(125, "prctl PR_SET_SECCOMP") }
        }
        unsafe sigprocmask(SIG_SETMASK, &mask, nil)
        for limit in limits {
            do { try limit.withinOwn.apply() } catch { Trampoline.fail("\(error)", from: ExecOptions.syntax.name) }
        }
        let words = CStrings(command)
        let variables = CStrings(settings.environment)
        var failure = ENOENT
        for candidate in settings.search.candidates(command[0]) {
            withExtendedLifetime((words, variables)) {
                _ = unsafe execve(candidate, words.pointers, variables.pointers)
            }
            if errno != ENOENT && errno != ENOTDIR { failure = errno }
        }
        do {
            try settings.search.check(command[0])
        } catch {
            Terminal.report("\(error)", from: ExecOptions.syntax.name)
            _exit((error as? RunError)?.exitStatus ?? 126)
        }
        errno = failure
        exit(failure == ENOENT ? 127 : 126, command[0])
    }

    private func exit(_ status: CInt, _ subject: String) -> Never {
        unsafe perror("\(ExecOptions.syntax.name): \(subject)")
        _exit(status)
    }

    /// `struct sock_fprog`.
    @unsafe private struct FilterProgram {
        var length: UInt16
        var instructions: UnsafePointer<UInt8>?
    }
}
