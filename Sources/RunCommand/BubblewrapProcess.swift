import Bubblewrap
import Dispatch
import Foundation
import Glibc

/// bwrap as a child of this process, on the same terminal and in the same process group.
///
/// bwrap gets an empty environment, for whatever it has shows in the container's `/proc/1/environ`; its options go
/// through a file in memory (`--args`), which hides the container's environment from `ps`.
struct BubblewrapProcess {
    /// The descriptors that bwrap gets.
    static let argumentsDescriptor: CInt = 10
    static let filterDescriptor: CInt = 11
    static let statusDescriptor: CInt = 12

    let path: String
    let arguments: BubblewrapArguments
    /// What `--seccomp` reads, where the arguments have it.
    let filter: SeccompFilter?

    /// Runs bwrap to its end and returns the command's status, or 128 + the signal.
    func run() throws -> Int32 {
        let status = try Self.memory("status", [])
        let options = try Self.memory("options", arguments.options.flatMap { Array($0.utf8) + [0] })
        var descriptors = [(from: status, to: Self.statusDescriptor), (from: options, to: Self.argumentsDescriptor)]
        if let filter { descriptors.append((from: try Self.memory("filter", filter.bytes), to: Self.filterDescriptor)) }
        defer { for descriptor in descriptors { close(descriptor.from) } }
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe")
        process.environment = [:]
        process.arguments =
            Trampoline.arguments(descriptors: descriptors)
            + [
                path, "--args", String(Self.argumentsDescriptor), "--json-status-fd", String(Self.statusDescriptor),
                "--",
            ]
            + arguments.command
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        SignalForwarding.start()
        do {
            try process.run()
        } catch {
            throw RunError.systemCall("run", subject: path, reason: "\(error)")
        }
        SignalForwarding.aim(at: process.processIdentifier)
        ended.wait()
        return try Self.status(of: process, report: status)
    }

    /// bwrap's own failures give 1 as a command can; only its report tells them apart.
    private static func status(of process: Process, report: CInt) throws -> Int32 {
        let status = process.terminationStatus
        if process.terminationReason == .uncaughtSignal { return 128 + status }
        lseek(report, 0, SEEK_SET)
        let text = FileSystem.readToEnd(report, sizeLimit: 65536).map { String(decoding: $0, as: UTF8.self) } ?? ""
        if text.contains("\"exit-code\"") || status > 1 { return status }
        if status == 0 { return 0 }
        throw UserNamespaces.likelyRefusal ?? .bubblewrapFailed(status)
    }

    /// A file in memory with this content, read from its start by whoever opens it anew.
    private static func memory(_ name: String, _ bytes: [UInt8]) throws -> CInt {
        let descriptor = unsafe memoryFile(name, 1)
        guard descriptor >= 0, unsafe write(descriptor, bytes, bytes.count) == bytes.count else {
            throw RunError.systemCall("memfd_create", subject: name, reason: FileSystem.lastError)
        }
        return descriptor
    }
}
