import Console
import Glibc

let arguments = Array(CommandLine.arguments.dropFirst())
if arguments.first == Piece.word {
    do {
        try Piece.run(Array(arguments.dropFirst()))
    } catch {
        Terminal.report("\(error)", from: Piece.word)
        exit(1)
    }
} else {
    Terminal.run(BenchOptions.syntax, arguments) { arguments in
        try Benchmark(BenchOptions(arguments)).run()
        return 0
    }
}
