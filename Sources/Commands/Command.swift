public import Console
internal import InspectCommand
internal import LoginCommand
internal import PullCommand
internal import RunCommand
internal import SaveCommand

/// One of the commands: its row in the table from which the single binary, the manuals and the completions are made.
public struct Command: Sendable {
    /// The name by which it is called. Apart from `syntax`, so that a start builds the syntax of one command alone.
    public let name: String
    private let makeSyntax: @Sendable () -> CommandSyntax
    private let makeEnvironment: @Sendable () -> KeyValuePairs<String, String>
    /// Runs the command with these arguments (without the program's name) and ends the process.
    let main: @Sendable ([String]) -> Never

    /// Name, operands, options.
    public var syntax: CommandSyntax { makeSyntax() }
    /// The environment variables that it reads, for the manual.
    var environment: KeyValuePairs<String, String> { makeEnvironment() }

    /// Every command, in the order in which people meet them.
    public static let all = [
        Command("d-pull", PullOptions.syntax, environment: registry) { try Pull(PullOptions($0)).run() },
        Command("d-run", RunCommand.syntax, environment: ["PATH": "Where bwrap is looked for."], main: RunCommand.main),
        Command("d-exec", ExecCommand.syntax, main: ExecCommand.main),
        Command("d-inspect", InspectOptions.syntax, environment: registry) { try Inspect(InspectOptions($0)).run() },
        Command("d-save", SaveOptions.syntax, environment: registry) { try Save(SaveOptions($0)).run() },
        Command("d-login", LoginOptions.syntax, environment: registry) { try Login(LoginOptions($0)).run() },
    ]

    private static let registry: KeyValuePairs = [
        "XDG_CACHE_HOME": "The cache is its folder d-utils, without it ~/.cache/d-utils.",
        "DOCKER_CONFIG, REGISTRY_AUTH_FILE, XDG_RUNTIME_DIR":
            "Where credentials are looked for, as docker and podman do.",
        "D_UTILS_MIRROR": "Registries that are asked first.",
        "https_proxy, http_proxy, no_proxy": "The proxies, and the hosts that are reached without one.",
        "SSL_CERT_FILE, SSL_CERT_DIR": "Certificates of authorities, in place of the distribution's.",
        "TMPDIR": "Where layers lie while they are needed, where no cache is kept; without it /var/tmp.",
    ]

    private init(
        _ name: String, _ syntax: @autoclosure @escaping @Sendable () -> CommandSyntax,
        environment: @autoclosure @escaping @Sendable () -> KeyValuePairs<String, String> = [:],
        main: @escaping @Sendable ([String]) -> Never
    ) {
        self.name = name
        makeSyntax = syntax
        makeEnvironment = environment
        self.main = main
    }

    private init(
        _ name: String, _ syntax: @autoclosure @escaping @Sendable () -> CommandSyntax,
        environment: @autoclosure @escaping @Sendable () -> KeyValuePairs<String, String> = [:],
        run: @escaping @Sendable (ParsedArguments) throws -> Int32
    ) {
        self.init(name, syntax(), environment: environment(), main: { Terminal.run(syntax(), $0, body: run) })
    }

    /// The command of this name.
    static func named(_ name: String) -> Command? { all.first { $0.name == name } }
}
