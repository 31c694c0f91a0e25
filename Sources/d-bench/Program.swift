import Glibc

/// A command to run and to measure. Its standard input is empty and its standard output thrown away.
struct Program {
    let words: [String]

    init(_ words: String...) {
        self.init(words: words)
    }

    init(words: [String]) {
        self.words = words
    }

    /// A script for bash; `arguments` are `$1` and on.
    init(script: String, _ arguments: [String]) {
        self.init(words: ["bash", "-euo", "pipefail", "-c", script, "script"] + arguments)
    }

    /// Whether a program of this name is in PATH.
    static func exists(_ name: String) -> Bool {
        let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? ""
        return path.split(separator: ":").contains { unsafe access("\($0)/\(name)", X_OK) == 0 }
    }

    /// Runs the command to its end and measures it. Throws `BenchError` when it fails.
    @discardableResult
    func run() throws(BenchError) -> Measurement {
        let errors = try Self.temporaryFile()
        defer { close(errors) }
        let start = Self.now
        let child = try self.start(output: nil, errors: errors)
        var status: CInt = 0
        var usage = rusage()
        while unsafe wait4(child, &status, 0, &usage) < 0, errno == EINTR {}
        let wall = Self.now - start
        guard status == 0 else { throw .program(words[0], Self.lastLine(of: errors)) }
        return Measurement(
            wall: wall, cpu: Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime),
            peak: Double(usage.ru_maxrss) * 1024)
    }

    /// Starts the command; the caller waits for it. Output that nobody wants goes to `/dev/null`.
    func start(output: CInt?, errors: CInt?) throws(BenchError) -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (number, file) in [(STDIN_FILENO, nil), (STDOUT_FILENO, output), (STDERR_FILENO, errors)] {
            if let file {
                unsafe posix_spawn_file_actions_adddup2(&actions, file, number)
            } else {
                unsafe posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0)
            }
        }
        var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { unsafe arguments.forEach { unsafe free($0) } }
        var child: pid_t = 0
        let code = unsafe posix_spawnp(&child, words[0], &actions, nil, &arguments, environ)
        guard code == 0 else { throw .system("start", words[0], code) }
        return child
    }

    private static func temporaryFile() throws(BenchError) -> CInt {
        var name = Array("/tmp/d-bench-XXXXXX".utf8CString)
        let file = unsafe mkstemp(&name)
        guard file >= 0 else { throw .system("make", "/tmp/d-bench-XXXXXX", errno) }
        unsafe unlink(name)
        return file
    }

    private static func lastLine(of file: CInt) -> String {
        var text = [UInt8](repeating: 0, count: 4096)
        let size = lseek(file, 0, SEEK_END)
        let count = unsafe pread(file, &text, text.count, max(0, size - text.count))
        let lines = text.prefix(max(0, count)).split(separator: UInt8(ascii: "\n"))
        return lines.last.map { String(decoding: $0, as: UTF8.self) } ?? "it failed and did not say why"
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

    private static var now: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
