import RunCommand

RunCommand.main(Array(CommandLine.arguments.dropFirst()))
