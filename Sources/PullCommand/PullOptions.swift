public import Console
internal import ContainerImage

/// What `d-pull` was asked to do.
public struct PullOptions: Equatable, Sendable {
    /// How the pull tells what it does.
    enum ProgressStyle: String {
        /// Live lines on a terminal, plain ones elsewhere.
        case auto
        /// One line a step.
        case plain
        /// Nothing but warnings and errors.
        case none
    }

    /// What `d-pull` takes.
    public static let syntax = CommandSyntax(
        name: "d-pull", operands: "[OPTION...] REF [DIR]",
        summary: "Takes a container image and unpacks it into the folder DIR, by default the last part of its name",
        options: [
            Option(
                "--platform", value: .required("OS/ARCH[/VARIANT]"), help: "choose from an image of several platforms"),
            Option("--plain-http", help: "speak http to the registry; loopback hosts need no leave"),
            Option(
                "--max-size", value: .required("SIZE"),
                help: "refuse an image that unpacks to more (bytes, or 500M, 20G)"),
            Option(
                "--max-wait", value: .required("SECONDS"),
                help: "how long a busy registry may make it wait (default 60)"),
            Option("--no-cache", help: "keep no copy of the layers in the cache"),
            Option("--progress", value: .required("auto|plain|none"), help: "how to show progress (default auto)"),
            Option("-q", "--quiet", help: "the same as --progress none"),
        ],
        notes: """
            REF is NAME[:TAG][@DIGEST] in a registry (alpine, ghcr.io/owner/image:1, localhost:5000/x)
            or oci:PATH[:TAG], a folder in the OCI image layout.

            The path of the new container is printed when it is ready; 'd-run DIR' runs it.
            """)

    let location: ImageLocation
    let folder: String
    let platform: Platform?
    let plainHTTP: Bool
    let sizeLimit: Int64?
    let maxWait: Double
    let usesCache: Bool
    let progress: ProgressStyle

    /// Understands the arguments. Throws `UsageError` with the option or operand that is wrong.
    public init(_ arguments: ParsedArguments) throws {
        guard let reference = arguments.operands.first else { throw UsageError.missingOperand("REF") }
        guard arguments.operands.count <= 2 else { throw UsageError.unexpectedOperand(arguments.operands[2]) }
        do {
            location = try ImageLocation(parsing: reference)
        } catch {
            throw UsageError.invalidOperand("REF", "\(error)")
        }
        folder = arguments.operands.count == 2 ? arguments.operands[1] : location.defaultFolder
        guard !["", ".", ".."].contains(folder) else {
            throw UsageError.invalidValue("DIR", folder, expected: "the name of a new folder")
        }
        platform = try arguments.value("--platform").map { text in
            guard let platform = Platform(parsing: text) else {
                throw UsageError.invalidValue(
                    "--platform", text, expected: "os/architecture or os/architecture/variant")
            }
            return platform
        }
        sizeLimit = try arguments.value("--max-size").map { text in
            guard let bytes = ByteCount(parsing: text) else {
                throw UsageError.invalidValue(
                    "--max-size", text, expected: "a number of bytes, or one with K, M, G or T")
            }
            return bytes.value
        }
        let wait = arguments.value("--max-wait") ?? "60"
        guard let seconds = UInt32(wait) else {
            throw UsageError.invalidValue("--max-wait", wait, expected: "a number of seconds")
        }
        maxWait = Double(seconds)
        progress = try Self.progress(arguments)
        plainHTTP = arguments.has("--plain-http")
        usesCache = !arguments.has("--no-cache")
    }

    private static func progress(_ arguments: ParsedArguments) throws(UsageError) -> ProgressStyle {
        if arguments.has("--quiet") { return .none }
        guard let text = arguments.value("--progress") else { return .auto }
        guard let style = ProgressStyle(rawValue: text) else {
            throw .invalidValue("--progress", text, expected: "auto, plain or none")
        }
        return style
    }
}
