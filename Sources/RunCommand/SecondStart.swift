import Foundation
import Glibc

/// This program once more as a child, by `Process`; see `Trampoline`.
enum SecondStart {
    enum Ending {
        case exit(Int32)
        case signal(Int32)

        /// As a shell tells it.
        var status: Int32 {
            switch self {
            case .exit(let status): status
            case .signal(let number): 128 + number
            }
        }
    }

    /// Closes what this process inherited besides the standard streams. `Process` does it for the child, but number by
    /// number up to the highest, which takes a millisecond where a shell left one at 250.
    static func closeInherited() { _ = closeRange(3, CUnsignedInt.max, 0) }

    /// Runs it to its end; meanwhile signals go on to it, these too. `prefix` is a program of PATH that starts it.
    static func run(_ arguments: [String], prefix: [String] = [], signals: [CInt] = []) throws -> Ending {
        let process = Process()
        process.environment = [:]
        if let program = prefix.first {
            guard let path = FileSystem.search(program), let own = FileSystem.realPath("/proc/self/exe") else {
                throw RunError.noManager
            }
            process.executableURL = URL(filePath: path)
            process.arguments = prefix.dropFirst() + [own] + arguments
            for name in ["XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"] {
                process.environment?[name] = FileSystem.environment(name)
            }
        } else {
            process.executableURL = URL(filePath: "/proc/self/exe")
            process.arguments = arguments
        }
        SignalForwarding.start(Supervisor.handedOn + signals)
        do {
            try process.run()
        } catch {
            throw RunError.systemCall("run", subject: prefix.first ?? "d-run", reason: "\(error)")
        }
        SignalForwarding.aim(at: process.processIdentifier)
        if let ending = ending(of: process.processIdentifier) { return ending }
        process.waitUntilExit()
        let status = process.terminationStatus
        return process.terminationReason == .uncaughtSignal ? .signal(status) : .exit(status)
    }

    /// Waits for a child and leaves it to `Process`, which is slower to tell of its end. Nil when that was the first to
    /// see it.
    private static func ending(of child: pid_t) -> Ending? {
        var information = unsafe siginfo_t()
        while unsafe waitid(P_PID, id_t(child), &information, WEXITED | WNOWAIT) != 0 {
            guard errno == EINTR else { return nil }
        }
        let status = unsafe information._sifields._sigchld.si_status
        return unsafe information.si_code == CLD_EXITED ? .exit(status) : .signal(status)
    }
}
