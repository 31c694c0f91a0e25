import Foundation
import TestSupport

/// The commands in a folder of their own, with a cache there, as an ordinary user: `commands("d-pull", "alpine")`.
struct CommandFolder {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    func callAsFunction(_ name: String, _ arguments: String...) -> Program {
        var program = Program(["\(Commands.folder)/\(name)"] + arguments).inFolder(folder.path)
        program.environment = ["PATH": "/usr/bin:/bin", "XDG_CACHE_HOME": folder("cache")]
        return program.asOrdinaryUser
    }

    /// Runs a shell's script in the folder, as the user of the tests.
    @discardableResult
    func shell(_ script: String) throws -> String {
        let result = try Program("sh", "-ec", script).inFolder(folder.path).run()
        guard result.status == 0 else { throw Program.Failure(description: "\(script): \(result)") }
        return result.output
    }

    func text(_ name: String) throws -> String { try String(contentsOfFile: folder(name), encoding: .utf8) }

    /// The names in the folder, without those given and what is hidden by no test.
    func names(without known: String...) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { !known.contains($0) }.sorted()
    }
}
