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
            return reporting(from: RunOptions.syntax.name) { try run(options) }
        }
    }

    /// Goes on, and never returns, where this process was started by another `d-run` to become bwrap. A program with
    /// several commands asks this before it looks at its name, which is not the command's then.
    public static func continueIfStarted(_ arguments: [String]) { Trampoline.continueIfStarted(arguments) }

    /// What `body` returns; of an error, which is printed, its exit status.
    static func reporting(from name: String, _ body: () throws -> Int32) -> Int32 {
        do {
            return try body()
        } catch {
            Terminal.report("\(error)", from: name)
            return (error as? RunError)?.exitStatus ?? 125
        }
    }

    private static func run(_ options: RunOptions) throws -> Int32 {
        let terminal = (0...2).contains { isatty($0) == 1 }
        let container = try Container(at: options.folder)
        let plan = try SandboxPlan(
            container, options.applied(to: container.config), arguments: options.command, terminal: terminal)
        if options.dryRun {
            Terminal.write(DryRun(plan).text + "\n", to: STDOUT_FILENO)
            return 0
        }
        SecondStart.closeInherited()
        guard let bwrap = FileSystem.search("bwrap") else { throw RunError.noBubblewrap }
        try UserNamespaces.check()
        let launch = try plan.launch()
        try RunLock(container).hold()
        for volume in plan.newVolumes { try volume.make() }
        var process = BubblewrapProcess(
            path: bwrap, arguments: BubblewrapArguments(plan.sandbox(in: launch)),
            prefix: plan.groupWords, launch: launch)
        return try process.run()
    }
}
