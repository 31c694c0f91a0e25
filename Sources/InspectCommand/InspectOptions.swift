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
    }

    /// What `d-inspect` takes.
    public static let syntax = CommandSyntax(
        name: "d-inspect", operands: "[OPTION...] REF|DIR",
        summary: "Tells what an image is made of, or what a container was made from and what changed since",
        options: [
            Option("--json", help: "print a JSON object"),
            Option("--digest", help: "print the digest of REF alone"),
        ] + SourceOptions.options,
        notes: SourceOptions.notes + """


            DIR is a container's folder; where there is one of that name, './NAME' and 'docker.io/NAME' tell them apart.
            """)

    let operand: String
    let answer: Answer
    let source: SourceOptions

    /// Understands the arguments. Throws `UsageError` with the option or operand that is wrong.
    public init(_ arguments: ParsedArguments) throws(UsageError) {
        guard let operand = arguments.operands.first else { throw .missingOperand("REF or DIR") }
        guard arguments.operands.count == 1 else { throw .unexpectedOperand(arguments.operands[1]) }
        self.operand = operand
        answer = arguments.has("--digest") ? .digest : arguments.has("--json") ? .json : .table
        source = try SourceOptions(arguments)
    }
}
