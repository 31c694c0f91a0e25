public import Console
import Glibc

/// The command `d-exec`.
public enum ExecCommand {
    /// What `d-exec` takes.
    public static let syntax = ExecOptions.syntax

    /// Runs the command with these arguments (without the program's name) and ends the process. It starts the same
    /// program again, so `RunCommand.continueIfStarted` comes first.
    public static func main(_ arguments: [String]) -> Never {
        RunCommand.continueIfStarted(arguments)
        Terminal.run(ExecOptions.syntax, arguments) { parsed in
            let options = try ExecOptions(parsed)
            return RunCommand.reporting(from: ExecOptions.syntax.name) {
                SecondStart.closeInherited()
                let container = try Container(at: options.folder)
                guard let runner = RunLock(container).holders.first else { throw RunError.notRunning(options.folder) }
                let entry = ContainerEntry(
                    runner: runner, terminal: (0...2).contains { isatty($0) == 1 }, command: options.command)
                // Only from a group of the user's manager does the way lead into the one that has limits.
                let isLimited = ProcessTree.launch(of: runner)?.groupFiles.isEmpty == false
                let prefix = isLimited && geteuid() != 0 ? GroupLimits.scope(isRoot: false) : []
                return try SecondStart.run(entry.arguments, prefix: prefix).status
            }
        }
    }
}
