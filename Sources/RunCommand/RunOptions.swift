import Console

/// What the user asked for on the command line.
struct RunOptions: Equatable {
    var folder: String
    var command: [String]
    var volumes: [VolumeArgument]
    var network: Bool
    var fakeroot: Bool
    var readOnly: Bool
    var dryRun: Bool
    var user: String?

    static let syntax = CommandSyntax(
        name: "d-run", operands: "[OPTION...] DIR [CMD [ARG...]]",
        summary: "Run a program in a container's folder with bubblewrap",
        options: [
            Option(
                "-v", "--volume", value: .required("[HOST:]PATH[:ro|:rw]"),
                help: "mount a host path (with a slash) or a volume of DIR/volumes"),
            Option("-n", "--net", help: "use the host's network, its loopback included"),
            Option("-r", "--fakeroot", help: "be uid and gid 0 inside"),
            Option("-u", "--user", value: .required("USER[:GROUP]"), help: "be this user inside, by name or number"),
            Option("--read-only", help: "let nothing be written in the rootfs"),
            Option("--dry-run", help: "print the command for a shell instead of running it"),
        ],
        placement: .beforeFirstOperand,
        notes: """
            Without CMD the container's Entrypoint and Cmd run; CMD takes the place of Cmd.
            The exit status is the command's, 128 + N after signal N, 125 when d-run itself
            failed, 126 when the command cannot be executed, 127 when there is none.
            """)

    /// Understands the arguments. Throws `UsageError` for a volume that is none or a missing DIR.
    init(_ arguments: ParsedArguments) throws {
        guard let folder = arguments.operands.first else { throw UsageError.missingOperand("DIR") }
        self.folder = folder
        command = Array(arguments.operands.dropFirst())
        volumes = try arguments.values("--volume").map { text in
            do {
                return try VolumeArgument(parsing: text)
            } catch {
                throw UsageError.invalidValue("--volume", text, expected: VolumeArgument.grammar)
            }
        }
        network = arguments.has("--net")
        fakeroot = arguments.has("--fakeroot")
        readOnly = arguments.has("--read-only")
        dryRun = arguments.has("--dry-run")
        user = arguments.value("--user")
    }
}
