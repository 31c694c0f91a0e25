import Console
import PullCommand

Terminal.run(PullOptions.syntax, Array(CommandLine.arguments.dropFirst())) { arguments in
    try Pull(PullOptions(arguments)).run()
}
