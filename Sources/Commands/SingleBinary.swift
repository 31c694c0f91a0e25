internal import Console
import Glibc
internal import RunCommand

/// All commands in one program, which is the command by whose name it is called, as busybox is.
public enum SingleBinary {
    static let syntax = CommandSyntax(
        name: "d-utils", operands: "[OPTION...] [COMMAND [ARG...]]",
        summary: "All commands of d-utils in one program; a link with a command's name is that command",
        options: [
            Option(
                "--install", value: .required("PREFIX"),
                help: "copy this program to PREFIX/bin and give it its names, manuals and completions")
        ],
        placement: .beforeFirstOperand,
        notes: "The commands are \(Command.all.map(\.name).joined(separator: ", ")).")

    /// Is the command that the program's name or its first argument tells; `words[0]` is the program's name.
    public static func main(_ words: [String]) -> Never {
        guard let program = words.first else {
            Terminal.report("the command line cannot be read; mount /proc", from: syntax.name)
            exit(1)
        }
        let arguments = Array(words.dropFirst())
        RunCommand.continueIfStarted(arguments)
        let name = program.split(separator: "/").last.map(String.init) ?? ""
        if let command = Command.named(name) { command.main(arguments) }
        Terminal.run(syntax, arguments) { parsed in
            if let prefix = parsed.value("--install") {
                guard parsed.operands.isEmpty else { throw UsageError.unexpectedOperand(parsed.operands[0]) }
                try Installation(prefix: prefix).run()
                return 0
            }
            guard let name = parsed.operands.first else { throw UsageError.missingOperand("COMMAND") }
            guard let command = Command.named(name) else {
                throw UsageError.invalidOperand("COMMAND", "there is no '\(name)'")
            }
            command.main(Array(parsed.operands.dropFirst()))
        }
    }
}
