import Foundation

/// The project's own commands, copied where an ordinary user can start them, whatever the build folder's permissions.
public enum Commands {
    /// A command, ready to run: `Commands.program("d-pull", "--help")`.
    public static func program(_ name: String, _ arguments: String...) -> Program {
        Program(["\(folder)/\(name)"] + arguments)
    }

    /// The folder with the commands. `D_UTILS_COMMANDS` names another build to test, a static one say.
    public static let folder: String = {
        let built = ProcessInfo.processInfo.environment["D_UTILS_COMMANDS"] ?? buildFolder
        let copy = "/tmp/d-utils-test-commands-\(getpid())"
        try? FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
        for name in ["d-pull", "d-run", "d-exec", "d-save", "d-inspect", "d-login", "d-bench"] {
            try? FileManager.default.copyItem(atPath: "\(built)/\(name)", toPath: "\(copy)/\(name)")
        }
        atexit { _ = try? FileManager.default.removeItem(atPath: "/tmp/d-utils-test-commands-\(getpid())") }
        return copy
    }()

    /// Where the bundle of tests lies that this process has loaded: beside the commands of the same build.
    private static var buildFolder: String {
        let maps = (try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)) ?? ""
        let bundle = maps.split(separator: "\n").first { $0.hasSuffix(".xctest") } ?? ""
        return bundle[(bundle.firstIndex(of: "/") ?? bundle.endIndex)...].split(separator: "/").dropLast()
            .reduce(into: "") { $0 += "/" + $1 }
    }
}
