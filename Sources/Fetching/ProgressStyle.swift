public import Console

/// How a command tells what it does.
public enum ProgressStyle: String, Sendable {
    /// Live lines on a terminal, plain ones elsewhere.
    case auto
    /// One line a step.
    case plain
    /// One JSON object a line.
    case json
    /// Nothing but warnings and errors.
    case none

    /// The rows of a command's table.
    public static let options = [
        Option("--progress", value: .required("auto|plain|json|none"), help: "how to show progress (default auto)"),
        Option("-q", "--quiet", help: "the same as --progress none"),
    ]

    /// Understands the arguments. Throws `UsageError`.
    public init(_ arguments: ParsedArguments) throws(UsageError) {
        let text = arguments.has("--quiet") ? "none" : arguments.value("--progress") ?? "auto"
        guard let style = ProgressStyle(rawValue: text) else {
            throw .invalidValue("--progress", text, expected: "auto, plain, json or none")
        }
        self = style
    }
}
