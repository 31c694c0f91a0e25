public import Console
internal import PullCommand
internal import RunCommand

/// One of the commands: its row in the table from which the single binary, the manuals and the completions are made.
public struct Command: Sendable {
    /// Name, operands, options.
    public let syntax: CommandSyntax
    /// The environment variables that it reads, for the manual.
    var environment: KeyValuePairs<String, String> = [:]
    /// Runs the command with these arguments (without the program's name) and ends the process.
    let main: @Sendable ([String]) -> Never

    /// Every command, in the order in which people meet them.
    public static let all = [
        Command(
            syntax: PullOptions.syntax,
            environment: [
                "XDG_CACHE_HOME": "The cache is its folder d-utils, without it ~/.cache/d-utils.",
                "https_proxy, http_proxy, no_proxy": "The proxies, and the hosts that are reached without one.",
                "SSL_CERT_FILE, SSL_CERT_DIR": "Certificates of authorities, in place of the distribution's.",
                "TMPDIR": "Where --no-cache keeps layers while it needs them; without it /var/tmp.",
            ]
        ) { arguments in
            Terminal.run(PullOptions.syntax, arguments) { try Pull(PullOptions($0)).run() }
        },
        Command(
            syntax: RunCommand.syntax, environment: ["PATH": "Where bwrap is looked for."], main: RunCommand.main),
    ]

    /// The command of this name.
    static func named(_ name: String) -> Command? { all.first { $0.syntax.name == name } }
}
