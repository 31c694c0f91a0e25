import Foundation
public import Glibc

/// A program to run in a test, with its output caught in files so that no pipe can fill up.
///
/// It is started by `posix_spawn`: tests run on many threads at once, which `Foundation.Process` does not take.
public struct Program: Sendable {
    /// How the program ended and what it printed.
    public struct Result: Sendable, CustomStringConvertible {
        /// The exit status, or 128 + the signal.
        public let status: Int32
        /// All of standard output.
        public let output: String
        /// All of standard error.
        public let errors: String

        /// For the message of a failed expectation.
        public var description: String { "status \(status)\n--- stdout\n\(output)\n--- stderr\n\(errors)" }
    }

    /// A program ran longer than it may, or could not be started.
    public struct Failure: Error, CustomStringConvertible {
        /// What happened, with the command.
        public let description: String

        /// A failure of a test's preparation.
        public init(description: String) {
            self.description = description
        }
    }

    /// The command as it is spawned; `arguments[0]` is a path or is looked up in PATH.
    public var arguments: [String]
    /// The whole environment of the program.
    public var environment: [String: String]
    /// What the program reads from standard input.
    public var input = ""
    /// Seconds after which the program is killed and `run` throws.
    public var limit: Double = 300

    /// A program with the environment of this process.
    public init(_ arguments: String...) {
        self.init(arguments)
    }

    /// A program with the environment of this process.
    public init(_ arguments: [String]) {
        self.arguments = arguments
        environment = ProcessInfo.processInfo.environment
    }

    /// Whether a program of this name is in PATH.
    public static func exists(_ name: String) -> Bool {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
            access("\($0)/\(name)", X_OK) == 0
        }
    }

    /// The same program as an ordinary user (uid 1000) without groups and capabilities, where this process is root;
    /// else unchanged.
    public var asOrdinaryUser: Program {
        guard geteuid() == 0 else { return self }
        var program = self
        program.arguments =
            ["setpriv", "--reuid", "1000", "--regid", "1000", "--clear-groups", "--inh-caps=-all"] + arguments
        return program
    }

    /// The same program in another folder.
    public func inFolder(_ path: String) -> Program {
        var program = self
        program.arguments = ["env", "-C", path] + arguments
        return program
    }

    /// The same program with these variables added.
    public func with(_ variables: [String: String]) -> Program {
        var program = self
        program.environment.merge(variables) { $1 }
        return program
    }

    /// Starts the program and returns its process id; the caller waits for it.
    public func start(output: CInt, errors: CInt, input: CInt) throws -> pid_t {
        let actions = UnsafeMutablePointer<posix_spawn_file_actions_t>.allocate(capacity: 1)
        posix_spawn_file_actions_init(actions)
        defer {
            posix_spawn_file_actions_destroy(actions)
            actions.deallocate()
        }
        for (index, descriptor) in [input, output, errors].enumerated() {
            posix_spawn_file_actions_adddup2(actions, descriptor, CInt(index))
        }
        let words = arguments.map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in words + variables { free(pointer) } }
        // The threads that tests run on block signals, which the program would inherit.
        var none = sigset_t()
        sigemptyset(&none)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var child: pid_t = 0
        let error = posix_spawnp(&child, arguments[0], actions, &attributes, words, variables)
        guard error == 0 else {
            throw Failure(description: "\(arguments[0]): \(String(cString: strerror(error)))")
        }
        return child
    }

    /// Runs the program to its end.
    @discardableResult
    public func run() throws -> Result {
        let inputFile = try Self.temporaryFile()
        let outputFile = try Self.temporaryFile()
        let errorFile = try Self.temporaryFile()
        defer { for file in [inputFile, outputFile, errorFile] { close(file) } }
        try FileHandle(fileDescriptor: inputFile).write(contentsOf: Data(input.utf8))
        lseek(inputFile, 0, SEEK_SET)
        let child = try start(output: outputFile, errors: errorFile, input: inputFile)
        let status = try Self.wait(for: child, limit: limit, arguments)
        return Result(status: status, output: try Self.text(of: outputFile), errors: try Self.text(of: errorFile))
    }

    /// Runs the program to its end and measures the most memory, in bytes, that it had resident at any time.
    ///
    /// Python stands between, for a child of this process begins with this process's own peak as its own.
    public func runMeasured() throws -> (result: Result, peakMemory: Int) {
        let script = """
            import resource, subprocess, sys
            status = subprocess.call(sys.argv[1:])
            print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024, file=sys.stderr)
            sys.exit(status)
            """
        var program = self
        program.arguments = ["python3", "-c", script] + arguments
        let result = try program.run()
        guard let peak = result.errors.split(separator: "\n").last.flatMap({ Int($0) }) else {
            throw Failure(description: "python3 has not measured: \(result)")
        }
        return (result, peak)
    }

    /// Waits for a child; kills it when the limit (seconds) is over and throws. Returns the exit status, or 128 + the
    /// signal.
    public static func wait(for child: pid_t, limit: Double, _ arguments: [String] = []) throws -> Int32 {
        let deadline = Date(timeIntervalSinceNow: limit)
        var status: CInt = 0
        var pause: UInt32 = 500
        while waitpid(child, &status, WNOHANG) == 0 {
            guard Date() < deadline else {
                kill(child, SIGKILL)
                waitpid(child, &status, 0)
                throw Failure(description: "\(arguments.joined(separator: " ")): still running after \(limit) s")
            }
            usleep(pause)
            pause = min(pause * 2, 20_000)
        }
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }

    private static func temporaryFile() throws -> CInt {
        var name = Array("/tmp/d-utils-test-XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0, unlink(name) == 0, fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else {
            throw Failure(description: "no temporary file in /tmp")
        }
        return descriptor
    }

    private static func text(of descriptor: CInt) throws -> String {
        let handle = FileHandle(fileDescriptor: descriptor)
        try handle.seek(toOffset: 0)
        return String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self)
    }
}
