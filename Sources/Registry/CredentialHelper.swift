import ContainerImage
import Foundation
import Glibc

/// A program `docker-credential-NAME` that keeps secrets elsewhere: in a keyring, say.
///
/// Its argument is `get`, `store` or `erase`; all else goes through standard input and output, where `ps` does not see
/// it (https://github.com/docker/docker-credential-helpers#development).
struct CredentialHelper: Sendable {
    /// Why a program brought nothing.
    struct Failure: Error {
        let reason: String
    }

    /// What is written, at most, so that it always fits into a pipe; and what is read.
    private static let messageLimit = 60_000
    /// Seconds: it may ask a person to unlock a keyring.
    private static let patience = 120.0
    /// One at a time, so that none inherits the pipes of another.
    private static let running = NSLock()

    let name: String
    /// The file that names it.
    let file: String

    var program: String { "docker-credential-\(name)" }

    /// The credentials for a registry; nil when it has none. Throws `Failure`.
    func credentials(for registry: String) throws -> Credentials? {
        let answer: [UInt8]
        do {
            answer = try run("get", RegistryName.key(for: registry))
        } catch let failure as Failure where failure.reason.contains("credentials not found") {
            return nil
        }
        guard let field = (try? JSON(parsing: answer)).map(JSONField.init), let user = try? field["Username"].string(),
            let secret = try? field["Secret"].string(), !secret.isEmpty
        else { throw Failure(reason: "its answer holds no user and secret") }
        return Credentials(user: user, secret: secret, source: "'\(program)'")
    }

    /// Gives it a secret to keep. Throws `Failure`.
    func store(user: String, password: String, for registry: String) throws {
        let members = [("ServerURL", RegistryName.key(for: registry)), ("Username", user), ("Secret", password)]
        let message = JSON.object(members.map { JSON.Member($0.0, .string($0.1)) })
        _ = try run("store", message.prettyPrinted)
    }

    /// Lets it forget. Throws `Failure`.
    func erase(_ registry: String) throws { _ = try run("erase", RegistryName.key(for: registry)) }

    private func run(_ action: String, _ input: String) throws -> [UInt8] {
        guard !name.contains("/"), input.utf8.count < Self.messageLimit else {
            throw Failure(reason: "its name or the message for it is not possible")
        }
        Self.running.lock()
        defer { Self.running.unlock() }
        let (toChild, fromChild) = (try Pipe(), try Pipe())
        let child = try start(action, input: toChild.reader, output: fromChild.writer)
        // Our own reading end stays open until all is written, so that no SIGPIPE comes when nobody reads.
        let message = Array(input.utf8)
        unsafe _ = write(toChild.writer, message, message.count)
        toChild.close()
        fromChild.closeWriter()
        let output = Self.read(fromChild.reader)
        if output == nil { kill(child, SIGKILL) }
        var status: CInt = 0
        while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
        guard let output else { throw Failure(reason: "it did not answer, or too much") }
        guard status == 0 else {
            let words = String(decoding: output.prefix(200), as: UTF8.self)
            throw Failure(reason: words.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        return output
    }

    private func start(_ action: String, input: CInt, output: CInt) throws -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        // Ctrl-C reaches it although our threads do not take signals.
        var attributes = posix_spawnattr_t()
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var words = unsafe [strdup(program), strdup(action), nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        var child: pid_t = 0
        let error = unsafe posix_spawnp(&child, program, &actions, &attributes, &words, environ)
        guard error == 0 else {
            throw Failure(reason: error == ENOENT ? "it is not in PATH" : Blob.words(error))
        }
        return child
    }

    /// All that comes until the end; nil when that is too long or too much.
    private static func read(_ descriptor: CInt) -> [UInt8]? {
        let end = Date(timeIntervalSinceNow: patience)
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while all.count <= messageLimit {
            var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&poller, 1, 500) > 0 else {
                guard Date.now < end else { return nil }
                continue
            }
            let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return all }
            all += chunk[..<count]
        }
        return nil
    }

    private final class Pipe {
        private(set) var reader: CInt = -1
        private(set) var writer: CInt = -1

        init() throws {
            var ends: [CInt] = [-1, -1]
            guard unsafe pipe(&ends) == 0 else { throw Failure(reason: Blob.words(errno)) }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            (reader, writer) = (ends[0], ends[1])
        }

        deinit { close() }

        func closeWriter() {
            if writer >= 0 { Glibc.close(writer) }
            writer = -1
        }

        func close() {
            closeWriter()
            if reader >= 0 { Glibc.close(reader) }
            reader = -1
        }
    }
}
