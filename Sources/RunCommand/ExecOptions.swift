import Console

/// What d-exec was called with.
struct ExecOptions {
    static let syntax = CommandSyntax(
        name: "d-exec", operands: "[OPTION...] DIR CMD [ARG...]",
        summary: "Run another program in the container that d-run runs in a folder", options: [],
        placement: .beforeFirstOperand,
        notes: """
            The program is closed in and is the same user as the one that d-run has started, in
            its environment and working directory, under its limits. It ends with the container
            at the latest.
            The exit status is that of d-run.
            """)

    let folder: String
    let command: [String]

    init(_ arguments: ParsedArguments) throws(UsageError) {
        guard let folder = arguments.operands.first else { throw UsageError.missingOperand("DIR") }
        guard arguments.operands.count > 1 else { throw UsageError.missingOperand("CMD") }
        self.folder = folder
        command = Array(arguments.operands.dropFirst())
    }
}
