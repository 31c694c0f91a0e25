import Foundation
import TestSupport

/// A container of busybox for an ordinary user, without an image.
struct RunContainer {
    static let isPossible = FileManager.default.fileExists(atPath: "/bin/busybox") && Program.exists("bwrap")

    /// What busybox can be, but for itself.
    private static let programs = (try? Program("/bin/busybox", "--list").run().output.split(separator: "\n")) ?? []

    let folder: TemporaryFolder
    let name = "box"

    init(config: String = "{}") throws {
        folder = try TemporaryFolder()
        try folder.write(config, to: "box/config.json")
        try folder.write(
            "root:x:0:0:root:/root:/bin/sh\nbob:x:1234:1235::/home/bob:/bin/sh\n", to: "box/rootfs/etc/passwd")
        try folder.write("root:x:0:\nstaff:x:50:bob\n", to: "box/rootfs/etc/group")
        _ = try Program("install", "-D", "/bin/busybox", folder("box/rootfs/bin/busybox")).run()
        for program in Self.programs { symlink("busybox", folder("box/rootfs/bin/\(program)")) }
        if geteuid() == 0 { _ = try Program("chown", "-R", "1000:1000", folder("box")).run() }
    }

    /// A path in the rootfs, on the host.
    func rootfs(_ path: String) -> String { folder("box/rootfs\(path)") }

    /// Waits until a program inside has made `/ready`.
    func waitUntilReady() throws { try wait(for: "/ready") }

    /// Waits for a file of the rootfs; throws after 30 s.
    func wait(for path: String) throws {
        for _ in 0..<3000 where !FileManager.default.fileExists(atPath: rootfs(path)) { usleep(10_000) }
        guard FileManager.default.fileExists(atPath: rootfs(path)) else {
            throw Program.Failure(description: "\(path) did not appear")
        }
    }

    /// `d-run` with these arguments, in the folder that has the container `box`.
    func command(_ arguments: String...) -> Program { command(arguments) }

    func command(_ arguments: [String]) -> Program {
        var program = Commands.program("d-run")
        program.arguments += arguments
        program.limit = 60
        program = program.inFolder(folder.path).asOrdinaryUser
        return program
    }

    func run(_ arguments: String...) throws -> Program.Result { try command(arguments).run() }

    /// Runs a line of the container's shell.
    func shell(_ line: String, options: [String] = []) throws -> Program.Result {
        try command(options + [name, "sh", "-c", line]).run()
    }
}
