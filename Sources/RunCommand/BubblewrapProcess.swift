import Bubblewrap
import Dispatch
import Foundation
import Glibc

/// bwrap as a child of this process, on the same terminal and in the same process group.
///
/// bwrap gets an empty environment, for whatever it has shows in the container's `/proc/1/environ`; its options go
/// through a file in memory (`--args`), which hides the container's environment from `ps`.
struct BubblewrapProcess {
    /// The descriptors that bwrap gets besides those in its arguments.
    static let argumentsDescriptor: CInt = 10
    static let statusDescriptor: CInt = 12

    let path: String
    let arguments: BubblewrapArguments
    /// What stands before the second start of d-run; empty when nothing does.
    let prefix: [String]
    /// All that the second start does but for bwrap itself.
    var launch: Launch

    /// Runs bwrap to its end and returns the command's status, or 128 + the signal.
    mutating func run() throws -> Int32 {
        let status = try Self.memory(Self.statusDescriptor, [])
        let options = try Self.memory(Self.argumentsDescriptor, arguments.options.flatMap { Array($0.utf8) + [0] })
        launch.descriptors = [
            .init(from: status, to: Self.statusDescriptor), .init(from: options, to: Self.argumentsDescriptor),
        ]
        for input in arguments.inputs {
            launch.descriptors.append(
                .init(from: try Self.memory(input.descriptor, input.content), to: input.descriptor))
        }
        defer { for descriptor in launch.descriptors { close(descriptor.from) } }
        launch.words =
            [
                path, "--args", String(Self.argumentsDescriptor), "--json-status-fd", String(Self.statusDescriptor),
                "--",
            ] + arguments.command
        let child = try SecondStart.run(launch.arguments, prefix: prefix, signals: [launch.stop.number])
        if case .signal(SIGKILL) = child, launch.groupFiles.contains("memory.max") { throw RunError.killed }
        return try Self.status(of: child, report: status)
    }

    /// bwrap's own failures give 1 as a command can; only its report tells them apart.
    private static func status(of child: SecondStart.Ending, report: CInt) throws -> Int32 {
        guard case .exit(let status) = child else { return child.status }
        lseek(report, 0, SEEK_SET)
        let lines = (FileSystem.readToEnd(report, sizeLimit: 65536) ?? []).split(separator: UInt8(ascii: "\n"))
        if status > 1 || lines.contains(where: { $0.starts(with: "{ \"exit-code\"".utf8) }) { return status }
        if status == 0 { return 0 }
        throw UserNamespaces.likelyRefusal ?? .bubblewrapFailed(status)
    }

    /// The name of the file in memory that bwrap reads from this descriptor.
    static func memoryName(_ descriptor: CInt) -> String { "d-run-\(descriptor)" }

    /// A file in memory with this content, read from its start by whoever opens it anew.
    private static func memory(_ descriptor: CInt, _ bytes: [UInt8]) throws -> CInt {
        let file = unsafe memoryFile(memoryName(descriptor), 1)
        guard file >= 0, unsafe write(file, bytes, bytes.count) == bytes.count else {
            throw RunError.systemCall("memfd_create", subject: memoryName(descriptor), reason: FileSystem.lastError)
        }
        return file
    }
}
