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
        // Of a build, `d-pull` and `d-pull.product`; of an installation, links to one binary.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: built)) ?? []
        let commands = names.filter { $0.wholeMatch(of: /d-[a-z]+/) != nil }.map { "\(built)/\($0)" }
        // Not one of the commands that are shipped.
        let bench = "\(buildFolder)/d-bench"
        // By another process: what this one has open for writing, a program that it starts meanwhile has open as well,
        // and none can be executed then (ETXTBSY).
        _ = try? Program(["cp", "-P"] + (commands.contains(bench) ? commands : commands + [bench]) + [copy]).run()
        atexit { _ = try? FileManager.default.removeItem(atPath: "/tmp/d-utils-test-commands-\(getpid())") }
        return copy
    }()

    /// Where the bundle of tests lies that this process has loaded: beside the commands of the same build. It takes
    /// several reads to get there where the thread sanitizer has mapped much before.
    private static var buildFolder: String {
        let file = FileHandle(forReadingAtPath: "/proc/self/maps")
        var maps = Data()
        while let part = try? file?.read(upToCount: 1 << 16), !part.isEmpty { maps += part }
        let lines = String(decoding: maps, as: UTF8.self).split(separator: "\n")
        let bundle = lines.first { $0.hasSuffix(".xctest") } ?? ""
        return bundle[(bundle.firstIndex(of: "/") ?? bundle.endIndex)...].split(separator: "/").dropLast()
            .reduce(into: "") { $0 += "/" + $1 }
    }
}
