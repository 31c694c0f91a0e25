public import Console
internal import ContainerImage
internal import Fetching

/// What `d-save` was asked to do.
public struct SaveOptions: Equatable, Sendable {
    /// Who is to read the archive.
    enum Format: String {
        /// Whoever takes an OCI image layout in a tar.
        case oci
        /// `docker load` and `podman load` as well: there is a `manifest.json` beside.
        case docker
    }

    /// What `d-save` takes.
    public static let syntax = CommandSyntax(
        name: "d-save", operands: "[OPTION...] REF FILE",
        summary: "Writes a container image into an archive, without unpacking it",
        options: [
            Option(
                "--format", value: .required("oci|docker"),
                help: "an OCI archive, or what 'docker load' takes too (default oci)")
        ] + SourceOptions.options + ProgressStyle.options,
        notes: SourceOptions.notes + """


            FILE is replaced when the new one is whole; '-' is standard output. The same image always gives the
            same bytes.
            """)

    let location: ImageLocation
    let file: String
    let format: Format
    let source: SourceOptions
    let progress: ProgressStyle

    /// Understands the arguments. Throws `UsageError` with the option or operand that is wrong.
    public init(_ arguments: ParsedArguments) throws(UsageError) {
        let operands = arguments.operands
        guard let reference = operands.first else { throw .missingOperand("REF") }
        guard operands.count > 1, !operands[1].isEmpty else { throw .missingOperand("FILE") }
        guard operands.count == 2 else { throw .unexpectedOperand(operands[2]) }
        location = try SourceOptions.location(reference)
        file = operands[1]
        let text = arguments.value("--format") ?? "oci"
        guard let format = Format(rawValue: text) else {
            throw .invalidValue("--format", text, expected: "oci or docker")
        }
        self.format = format
        source = try SourceOptions(arguments)
        progress = try ProgressStyle(arguments)
    }
}
