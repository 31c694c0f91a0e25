import Console
import SaveCommand

Terminal.run(SaveOptions.syntax, Array(CommandLine.arguments.dropFirst())) { arguments in
    try Save(SaveOptions(arguments)).run()
}
