public import Console
internal import ContainerImage
internal import Fetching

/// What `d-pull` was asked to do.
public struct PullOptions: Equatable, Sendable {
    /// What is to become of which image.
    enum Task: Equatable {
        /// A new container in a folder.
        case pull(ImageLocation, into: String)
        /// The container in this folder is brought up to date.
        case update(String)
    }

    /// What `d-pull` takes.
    public static let syntax = CommandSyntax(
        name: "d-pull", operands: "[OPTION...] REF [DIR]\n       d-pull --update [OPTION...] DIR",
        summary: "Takes a container image and unpacks it into the folder DIR, by default the last part of its name",
        options: [
            Option("--update", help: "bring the container in DIR to what its image is now")
        ] + SourceOptions.options + [
            Option(
                "--max-size", value: .required("SIZE"),
                help: "refuse an image that unpacks to more (bytes, or 500M, 20G)")
        ] + ProgressStyle.options,
        notes: SourceOptions.notes + """


            The path of the new container is printed when it is ready; 'd-run DIR' runs it.
            """)

    let task: Task
    let source: SourceOptions
    let sizeLimit: Int64?
    let progress: ProgressStyle

    /// Understands the arguments. Throws `UsageError` with the option or operand that is wrong.
    public init(_ arguments: ParsedArguments) throws(UsageError) {
        let operands = arguments.operands
        if arguments.has("--update") {
            guard let folder = operands.first else { throw .missingOperand("DIR") }
            guard operands.count == 1 else { throw .unexpectedOperand(operands[1]) }
            task = .update(folder)
        } else {
            guard let reference = operands.first else { throw .missingOperand("REF") }
            guard operands.count <= 2 else { throw .unexpectedOperand(operands[2]) }
            let location = try SourceOptions.location(reference)
            let folder = operands.count == 2 ? operands[1] : location.defaultFolder
            guard !["", ".", ".."].contains(folder) else {
                throw .invalidValue("DIR", folder, expected: "the name of a new folder")
            }
            task = .pull(location, into: folder)
        }
        source = try SourceOptions(arguments)
        if let text = arguments.value("--max-size") {
            guard let bytes = ByteCount(parsing: text) else {
                throw .invalidValue("--max-size", text, expected: "a number of bytes, or one with K, M, G or T")
            }
            sizeLimit = bytes.value
        } else {
            sizeLimit = nil
        }
        progress = try ProgressStyle(arguments)
    }
}
