import Glibc

/// pasta (passt), which leads from a network namespace to the host's network without privileges; see pasta(1).
///
/// It has to run outside of the namespaces that it serves, so it is a child from before they are made, which waits until
/// they are. Left alone it would outlive them: the kernel kills it with its parent.
struct Pasta {
    /// An address that nobody has; what asks it for a name is answered by the host's resolver.
    static let resolver = "169.254.1.1"

    let process: pid_t
    /// Written to when the namespaces are there.
    private let entered: CInt
    /// Read from until pasta says that it is ready.
    private let ready: CInt
    /// What pasta says, also of what does not matter; a file in memory.
    private let messages: CInt

    /// pasta with its options, but for the process whose namespaces it joins. All that it opens by itself is closed: its
    /// own defaults give the container the host's loopback and the host all ports of the container.
    static func words(path: String, ports: [PublishedPort], isRoot: Bool) -> [String] {
        func options(_ name: String, _ transport: PublishedPort.Transport) -> [String] {
            let specifications = ports.filter { $0.transport == transport }.map(\.specification)
            return (specifications.isEmpty ? ["none"] : specifications).flatMap { [name, $0] }
        }
        return [path, "--quiet", "--config-net", "--no-map-gw", "--dns-forward", resolver]
            + (isRoot ? ["--runas", "0"] : []) + options("-t", .tcp) + options("-u", .udp)
            + ["-T", "none", "-U", "none"]
    }

    /// Throws `RunError.noTunnel` or `.portRefused` where pasta could only fail.
    static func check(_ ports: [PublishedPort]) throws {
        guard unsafe access("/dev/net/tun", R_OK | W_OK) == 0 else {
            throw RunError.noTunnel(reason: FileSystem.lastError)
        }
        for port in ports { try port.check() }
    }

    /// Starts a child that becomes pasta after `enter`.
    init(starting words: [String]) throws {
        let (enteredRead, enteredWrite) = try Self.pipe()
        let (readyRead, readyWrite) = try Self.pipe()
        messages = unsafe memoryFile("pasta", 1)
        let parent = getpid()
        // Its number of itself goes to standard output as soon as all is set up.
        let program = words[0]
        let list = CStrings(words + ["--foreground", "--pid", "/proc/self/fd/1", "\(parent)"])
        process = forkProcess()
        if process == 0 {
            // A session of its own keeps the terminal's signals from it.
            setsid()
            // systemd has its services ignore this one, which pasta takes for a failure.
            signal(SIGPIPE, SIG_DFL)
            close(enteredWrite)
            Trampoline.dieWithParent(parent)
            var byte: UInt8 = 0
            guard unsafe read(enteredRead, &byte, 1) == 1 else { _exit(125) }
            dup2(readyWrite, STDOUT_FILENO)
            dup2(messages, STDERR_FILENO)
            withExtendedLifetime(list) { _ = unsafe execve(program, list.pointers, environ) }
            _exit(125)
        }
        close(enteredRead)
        close(readyWrite)
        entered = enteredWrite
        ready = readyRead
        guard process > 0 else { throw RunError.systemCall("fork", subject: "pasta", reason: FileSystem.lastError) }
    }

    /// Lets pasta join the namespaces of this process and waits until the network is there.
    func enter() throws {
        var byte: UInt8 = 1
        unsafe write(entered, &byte, 1)
        close(entered)
        defer {
            close(ready)
            close(messages)
        }
        while true {
            let count = unsafe read(ready, &byte, 1)
            if count == 1 { return }
            guard count < 0, errno == EINTR else { throw RunError.pastaFailed(reason: reason) }
        }
    }

    /// All that pasta said, without what it says about not reaching the system's log.
    private var reason: String {
        lseek(messages, 0, SEEK_SET)
        let text = String(decoding: FileSystem.readToEnd(messages, sizeLimit: 65536) ?? [], as: UTF8.self)
        return text.split(separator: "\n").filter { !$0.hasPrefix("Failed to send") }.joined(separator: "; ")
    }

    private static func pipe() throws -> (CInt, CInt) {
        var ends: [CInt] = [0, 0]
        guard unsafe Glibc.pipe(&ends) == 0 else {
            throw RunError.systemCall("pipe", subject: "pasta", reason: FileSystem.lastError)
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}
