import Console
import LoginCommand

Terminal.run(LoginOptions.syntax, Array(CommandLine.arguments.dropFirst())) { arguments in
    try Login(LoginOptions(arguments)).run()
}
