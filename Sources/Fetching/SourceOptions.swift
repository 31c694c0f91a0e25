public import Console
public import ContainerImage

/// How a command that takes a REF gets at the image.
public struct SourceOptions: Equatable, Sendable {
    /// The rows of a command's table.
    public static let options = [
        Option("--platform", value: .required("OS/ARCH[/VARIANT]"), help: "choose from an image of several platforms"),
        Option("--plain-http", help: "speak http to the registry; loopback hosts need no leave"),
        Option(
            "--max-wait", value: .required("SECONDS"), help: "how long a busy registry may make it wait (default 60)"),
        Option("--offline", help: "take all from the cache, and a tag as it was answered last"),
        Option("--no-cache", help: "neither use nor fill the cache"),
    ]

    /// The help's words on REF.
    public static let notes = """
        REF is NAME[:TAG][@DIGEST] in a registry (alpine, ghcr.io/owner/image:1, localhost:5000/x),
        oci:PATH[:TAG], a folder in the OCI image layout, oci-archive:FILE[:TAG], a tar of one,
        or docker-archive:FILE[:REF], what 'docker save' writes; '-' as FILE is standard input.
        """

    /// What was asked for, nil for this machine's.
    public let platform: Platform?
    let plainHTTP: Bool
    let maxWait: Double
    let isOffline: Bool
    let usesCache: Bool

    /// Understands the arguments. Throws `UsageError` with the option that is wrong.
    public init(_ arguments: ParsedArguments) throws(UsageError) {
        if let text = arguments.value("--platform") {
            guard let platform = Platform(parsing: text) else {
                throw .invalidValue("--platform", text, expected: "os/architecture or os/architecture/variant")
            }
            self.platform = platform
        } else {
            platform = nil
        }
        plainHTTP = arguments.has("--plain-http")
        let wait = arguments.value("--max-wait") ?? "60"
        guard let seconds = UInt32(wait) else {
            throw .invalidValue("--max-wait", wait, expected: "a number of seconds")
        }
        maxWait = Double(seconds)
        isOffline = arguments.has("--offline")
        usesCache = !arguments.has("--no-cache")
        if isOffline, !usesCache {
            throw .invalidOperand("--offline", "it takes all from the cache, without --no-cache")
        }
    }

    /// Understands a REF. Throws `UsageError`.
    public static func location(_ text: String) throws(UsageError) -> ImageLocation {
        do { return try ImageLocation(parsing: text) } catch { throw .invalidOperand("REF", "\(error)") }
    }
}
