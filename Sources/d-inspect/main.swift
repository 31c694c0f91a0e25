import Console
import InspectCommand

Terminal.run(InspectOptions.syntax, Array(CommandLine.arguments.dropFirst())) { arguments in
    try Inspect(InspectOptions(arguments)).run()
}
