import RunCommand

ExecCommand.main(Array(CommandLine.arguments.dropFirst()))
