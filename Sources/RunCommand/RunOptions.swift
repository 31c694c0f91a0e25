import Console

/// What the user asked for on the command line.
struct RunOptions {
    let folder: String
    let command: [String]
    let dryRun: Bool
    private let arguments: ParsedArguments

    static let syntax = CommandSyntax(
        name: "d-run", operands: "[OPTION...] DIR [CMD [ARG...]]",
        summary: "Run a program in a container's folder with bubblewrap",
        options: [
            Option(
                "-v", "--volume", value: .required("[HOST:]PATH[:ro|:rw]"),
                help: "mount a host path (with a slash) or a volume of DIR/volumes"),
            Option("--tmpfs", value: .required("PATH[:size=N]"), help: "mount an empty folder in memory"),
            Option("--device", value: .required("PATH"), help: "let the program use a device of the host"),
            Option(
                "-n", "--net", value: .optional("host|private|none"),
                help: "use the host's network, its loopback included; or a private one"),
            Option(
                "-p", "--publish", value: .required("[IP:]HOST:CONTAINER[/udp]"),
                help: "reach a port from outside (IP 127.0.0.1); implies --net=private"),
            Option("-r", "--fakeroot", help: "emulate root: uid and gid 0 inside, chown and the like do nothing"),
            Option("-u", "--user", value: .required("USER[:GROUP]"), help: "be this user inside, by name or number"),
            Option("-e", "--env", value: .required("NAME[=VALUE]"), help: "set a variable, or pass the caller's on"),
            Option("--env-file", value: .required("FILE"), help: "the same for each line of a file"),
            Option("-w", "--workdir", value: .required("PATH"), help: "start in this folder"),
            Option("--hostname", value: .required("NAME"), help: "the host's name inside"),
            Option("--entrypoint", value: .required("PROGRAM"), help: "run this instead of Entrypoint and Cmd"),
            Option("--read-only", help: "let nothing be written but volumes, /tmp and /run"),
            Option("--ephemeral", help: "forget all changes of the rootfs at the end"),
            Option("--nested", help: "let the program make namespaces, as browsers do"),
            Option("--memory", value: .required("SIZE"), help: "limit the memory of all processes (by systemd-run)"),
            Option("--cpus", value: .required("N"), help: "limit their processors, as in 1.5 (by systemd-run)"),
            Option("--pids", value: .required("N"), help: "limit their number (by systemd-run)"),
            Option("--ulimit", value: .required("NAME=SOFT[:HARD]"), help: "limit each process, as in nofile=1024"),
            Option(
                "--stop-timeout", value: .required("SECONDS"),
                help: "kill what did not end so long after TERM (default 10)"),
            Option("--dry-run", help: "print the command for a shell instead of running it"),
        ],
        placement: .beforeFirstOperand,
        notes: """
            Without CMD the container's Entrypoint and Cmd run; CMD takes the place of Cmd.
            The exit status is the command's, 128 + N after signal N, 125 when d-run itself
            failed, 126 when the command cannot be executed, 127 when there is none.

            With -r dpkg, apt, tar and adduser work. Files stay yours, devices are not made,
            su changes nothing, and a server that insists on leaving root refuses to start.
            """)

    /// Understands the operands. Throws `UsageError` for a missing DIR.
    init(_ arguments: ParsedArguments) throws(UsageError) {
        guard let folder = arguments.operands.first else { throw UsageError.missingOperand("DIR") }
        self.folder = folder
        self.arguments = arguments
        command = Array(arguments.operands.dropFirst())
        dryRun = arguments.has("--dry-run")
        // An option that is wrong is told before anything is looked at.
        var config = ContainerConfig()
        try change(&config)
    }

    /// The container's configuration with the options in it: they win, and lists are joined. Throws `UsageError`, or
    /// `RunError.badEnvironmentFile`.
    func applied(to config: ContainerConfig) throws -> ContainerConfig {
        var config = config
        for file in arguments.values("--env-file") { config.environment += try EnvironmentFile.entries(of: file) }
        try change(&config)
        return config
    }

    private func change(_ config: inout ContainerConfig) throws(UsageError) {
        config.volumes += try arguments.values("--volume", as: VolumeArgument.self)
        config.temporaryFolders += try arguments.values("--tmpfs", as: TemporaryFolderArgument.self)
        config.devices += arguments.values("--device")
        config.ports += try arguments.values("--publish", as: PublishedPort.self)
        config.limits += try arguments.values("--ulimit", as: ResourceLimit.self)
        config.environment += try arguments.values("--env").map { entry throws(UsageError) in
            guard !entry.isEmpty, !entry.hasPrefix("=") else {
                throw .invalidValue("--env", entry, expected: "NAME or NAME=VALUE")
            }
            return entry
        }
        if arguments.has("--net") { config.network = try arguments.value("--net", as: NetworkChoice.self) ?? .host }
        if arguments.has("--fakeroot") {
            config.fakeroot = true
            config.user = ""
        }
        if let user = arguments.value("--user") {
            config.fakeroot = arguments.has("--fakeroot")
            config.user = user
        }
        config.readOnly = config.readOnly || arguments.has("--read-only")
        config.ephemeral = config.ephemeral || arguments.has("--ephemeral")
        config.nested = config.nested || arguments.has("--nested")
        if let name = arguments.value("--hostname") { config.hostname = name }
        if let path = arguments.value("--workdir") { config.workingDirectory = path }
        if let program = arguments.value("--entrypoint") {
            config.entrypoint = program.isEmpty ? [] : [program]
            config.command = []
        }
        config.groupLimits.memory = try arguments.value("--memory", as: ByteSize.self) ?? config.groupLimits.memory
        config.groupLimits.processors =
            try arguments.value("--cpus", as: ProcessorCount.self) ?? config.groupLimits.processors
        config.groupLimits.processes =
            try arguments.value("--pids", as: ProcessCount.self) ?? config.groupLimits.processes
        if let text = arguments.value("--stop-timeout") {
            guard let seconds = UInt16(text) else {
                throw .invalidValue("--stop-timeout", text, expected: "seconds, at most 65535")
            }
            config.stopTimeout = seconds
        }
    }
}
