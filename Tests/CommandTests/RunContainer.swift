import Foundation
import TestSupport

/// A container of busybox for an ordinary user, without an image.
struct RunContainer {
    static let isPossible = FileManager.default.fileExists(atPath: "/bin/busybox") && Program.exists("bwrap")

    let folder: TemporaryFolder
    let name = "box"

    init(config: String = "{}") throws {
        folder = try TemporaryFolder()
        try folder.write(config, to: "box/config.json")
        try folder.write(
            "root:x:0:0:root:/root:/bin/sh\nbob:x:1234:1235::/home/bob:/bin/sh\n", to: "box/rootfs/etc/passwd")
        try folder.write("root:x:0:\nstaff:x:50:bob\n", to: "box/rootfs/etc/group")
        let programs =
            "mkdir -p $0/bin && cp /bin/busybox $0/bin && for p in $(/bin/busybox --list); do "
            + "ln -s busybox $0/bin/$p 2>&-; done; [ $(id -u) != 0 ] || chown -R 1000:1000 $0/.."
        _ = try Program("sh", "-c", programs, folder("box/rootfs")).run()
    }

    /// A path in the rootfs, on the host.
    func rootfs(_ path: String) -> String { folder("box/rootfs\(path)") }

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
