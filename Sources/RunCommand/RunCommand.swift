import Bubblewrap
public import Console
import Glibc

/// The command `d-run`.
public enum RunCommand {
    /// What `d-run` takes.
    public static let syntax = RunOptions.syntax

    /// Runs the command with these arguments (without the program's name) and ends the process. It starts the same
    /// program again, so `continueIfStarted` comes first.
    public static func main(_ arguments: [String]) -> Never {
        continueIfStarted(arguments)
        Terminal.run(RunOptions.syntax, arguments) { parsed in
            let options = try RunOptions(parsed)
            do {
                return try run(options)
            } catch {
                Terminal.report("\(error)", from: RunOptions.syntax.name)
                return (error as? RunError)?.exitStatus ?? 125
            }
        }
    }

    /// Goes on, and never returns, where this process was started by another `d-run` to become bwrap. A program with
    /// several commands asks this before it looks at its name, which is not the command's then.
    public static func continueIfStarted(_ arguments: [String]) { Trampoline.continueIfStarted(arguments) }

    private static func run(_ options: RunOptions) throws -> Int32 {
        let terminal = (0...2).contains { isatty($0) == 1 }
        let plan = try SandboxPlan(Container(at: options.folder), options, terminal: terminal)
        if options.dryRun {
            Terminal.write(DryRun.text(plan) + "\n", to: STDOUT_FILENO)
            return 0
        }
        guard let bwrap = FileSystem.search("bwrap") else { throw RunError.noBubblewrap }
        try UserNamespaces.check()
        for folder in plan.missingFolders { try FileSystem.makeFolder(folder) }
        return try BubblewrapProcess(
            path: bwrap, arguments: BubblewrapArguments(plan.sandbox), filter: terminal ? .terminal(.current) : nil
        ).run()
    }
}
