public import Console
internal import Fetching

/// What `d-inspect` was asked to tell.
public struct InspectOptions: Equatable, Sendable {
    /// What is printed.
    enum Answer: Equatable {
        /// A table for people.
        case table
        /// A JSON object for programs.
        case json
        /// The digest alone.
        case digest
        /// The tags of the repository, one a line.
        case tags
    }

    /// What `d-inspect` takes.
    public static let syntax = CommandSyntax(
        name: "d-inspect", operands: "[OPTION...] REF|DIR",
        summary: "Tells what an image is made of, or what a container was made from and what changed since",
        options: [
            Option("--json", help: "print a JSON object"),
            Option("--digest", help: "print the digest of REF alone"),
            Option("--tags", help: "list the tags that the registry has of REF's name"),
        ] + SourceOptions.options,
        notes: SourceOptions.notes + """


            DIR is a container's folder. Where there is one of that name, 'docker.io/NAME' means the image.
            """)

    let operand: String
    let answer: Answer
    let source: SourceOptions

    /// Understands the arguments. Throws `UsageError` with the option or operand that is wrong.
    public init(_ arguments: ParsedArguments) throws(UsageError) {
        guard let operand = arguments.operands.first else { throw .missingOperand("REF or DIR") }
        guard arguments.operands.count == 1 else { throw .unexpectedOperand(arguments.operands[1]) }
        self.operand = operand
        let answers: [(String, Answer)] = [("--tags", .tags), ("--digest", .digest), ("--json", .json)]
        answer = answers.first { arguments.has($0.0) }?.1 ?? .table
        source = try SourceOptions(arguments)
    }
}
