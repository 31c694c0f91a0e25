import Foundation
import Glibc

/// A program on a terminal of its own, as a person uses it: a new session whose controlling terminal is a pty.
public final class PseudoTerminal {
    private let controller: CInt
    private let child: pid_t
    private let words: [String]
    private var unread = ""
    /// Everything that the program has printed so far.
    public private(set) var transcript = ""

    /// Starts a program. Streams that are given here are the program's instead of the terminal.
    public init(_ program: Program, input: CInt? = nil, output: CInt? = nil) throws {
        var subordinate: CInt = -1
        var master: CInt = -1
        var name = [CChar](repeating: 0, count: 128)
        guard openpty(&master, &subordinate, &name, nil, nil) == 0 else {
            throw Program.Failure(description: "openpty: \(String(cString: strerror(errno)))")
        }
        controller = master
        words = program.arguments
        _ = fcntl(controller, F_SETFD, FD_CLOEXEC)
        chmod(name, 0o666)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        // The first terminal that a session's leader opens becomes the session's own.
        for descriptor in 0...2 as ClosedRange<CInt> {
            posix_spawn_file_actions_addopen(&actions, descriptor, name, O_RDWR, 0)
        }
        if let input { posix_spawn_file_actions_adddup2(&actions, input, 0) }
        if let output { posix_spawn_file_actions_adddup2(&actions, output, 1) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        // The threads that tests run on block signals, which the program would inherit.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, 0x80 /* POSIX_SPAWN_SETSID */ | Int16(POSIX_SPAWN_SETSIGMASK))
        let arguments = program.arguments.map { strdup($0) } + [nil]
        let variables = program.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in arguments + variables { free(pointer) } }
        var child: pid_t = 0
        _ = fcntl(subordinate, F_SETFD, FD_CLOEXEC)
        let error = posix_spawnp(&child, program.arguments[0], &actions, &attributes, arguments, variables)
        close(subordinate)
        guard error == 0 else { throw Program.Failure(description: "\(words[0]): \(String(cString: strerror(error)))") }
        self.child = child
    }

    deinit {
        close(controller)
    }

    /// Types a text; `\u{3}` is Ctrl-C, `\u{1A}` Ctrl-Z, `\u{4}` Ctrl-D.
    public func type(_ text: String) {
        var text = text
        text.withUTF8 { _ = write(controller, $0.baseAddress, $0.count) }
    }

    /// Gives the terminal another size, which its programs are told.
    public func resize(rows: UInt16, columns: UInt16) {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(controller, UInt(TIOCSWINSZ), &size)
    }

    /// Reads until the text appears and passes it. Throws, with all that was printed, when it does not come.
    public func expect(_ text: String, within seconds: Double = 30) throws {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while true {
            if let range = unread.range(of: text) {
                unread.removeSubrange(..<range.upperBound)
                return
            }
            guard Date() < deadline, readMore() else {
                throw Program.Failure(description: "no '\(text)' on the terminal, but:\n\(transcript)")
            }
        }
    }

    /// Waits until a process on this terminal whose first word is `name` is in a state of `/proc/PID/stat`: `S`
    /// asleep, `T` stopped. A signal from the terminal is not yet obeyed when the shell already prompts again.
    public func waitForProcess(_ name: String, state: Character, within seconds: Double = 30) throws {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while !isThere(name, state) {
            guard Date() < deadline else {
                throw Program.Failure(description: "no '\(name)' in state \(state); the terminal shows:\n\(transcript)")
            }
            usleep(10_000)
        }
    }

    private func isThere(_ name: String, _ state: Character) -> Bool {
        /// State, parent, group, session, terminal and so on: what follows the command in parentheses.
        func fields(_ process: String) -> [Substring] {
            let text = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
            return text[(text.lastIndex(of: ")") ?? text.startIndex)...].dropFirst().split(separator: " ")
        }
        let terminal = fields("\(child)")[4...].first
        return ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).contains { process in
            let words = (try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)) ?? ""
            guard words.split(separator: "\0").first?.split(separator: "/").last == name[...] else { return false }
            let found = fields(process)
            return found.count > 4 && found[4] == terminal && found[0] == String(state)
        }
    }

    /// Waits for the program's end and returns its status, or 128 + the signal.
    public func wait(limit: Double = 30) throws -> Int32 {
        let deadline = Date(timeIntervalSinceNow: limit)
        while Date() < deadline && readMore() {}
        do {
            return try Program.wait(for: child, limit: limit, words)
        } catch {
            throw Program.Failure(description: "\(error); the terminal shows:\n\(transcript)")
        }
    }

    /// False when the program and all that share its terminal are gone.
    private func readMore() -> Bool {
        var poller = pollfd(fd: controller, events: Int16(POLLIN), revents: 0)
        guard poll(&poller, 1, 100) > 0 else { return true }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(controller, &buffer, buffer.count)
        guard count > 0 else { return false }
        let text = String(decoding: buffer[..<count], as: UTF8.self)
        unread += text
        transcript += text
        return true
    }
}
