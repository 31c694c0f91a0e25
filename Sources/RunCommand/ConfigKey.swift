/// A key of `config.json` that d-run reads: the row of the table from which d-utils-config(5) is made.
public struct ConfigKey: Sendable {
    /// The key.
    public let name: String
    /// What it says.
    public let meaning: String
    /// What holds without it.
    public let fallback: String

    private init(_ name: String, _ meaning: String, without fallback: String) {
        self.name = name
        self.meaning = meaning
        self.fallback = fallback
    }

    /// Every key, the image's own before those of d-run.
    public static let all = [
        ConfigKey("Entrypoint", "words before those of Cmd or of the command line", without: "none"),
        ConfigKey("Cmd", "a list of words; a single string goes to /bin/sh -c", without: "CMD must be given"),
        ConfigKey(
            "Env", "a list of NAME=value, or NAME for the caller's value",
            without: "docker's PATH, HOME, TERM on a terminal"),
        ConfigKey("WorkingDir", "the folder to start in; made if it is missing", without: "/"),
        ConfigKey(
            "User", "name, uid, name:group or uid:gid; names are looked up in the rootfs", without: "your own ids"),
        ConfigKey("Hostname", "the host's name inside", without: "the host's"),
        ConfigKey("StopSignal", "what the program gets for TERM", without: "SIGTERM"),
        ConfigKey("Volumes", "an object whose keys are [HOST:]PATH[:ro|:rw]", without: "none"),
        ConfigKey("stopTimeout", "seconds from TERM to the end by force", without: "10"),
        ConfigKey("tmpfs", "a list of PATH[:size=N]: empty folders in memory", without: "none"),
        ConfigKey("devices", "a list of devices of the host, or of folders of them", without: "none"),
        ConfigKey("net", "true or \"host\": the host's network; \"private\": a way out of one's own", without: "none"),
        ConfigKey("ports", "a list of [IP:]HOST:CONTAINER[/tcp|/udp]", without: "none"),
        ConfigKey("fakeroot", "true: uid and gid 0 inside, still you outside; root is emulated", without: "false"),
        ConfigKey("readonly", "true: only volumes, /tmp and /run can be written", without: "false"),
        ConfigKey("ephemeral", "true: changes of the rootfs stay in memory and end with the run", without: "false"),
        ConfigKey("nested", "true: the program may make user namespaces", without: "false"),
        ConfigKey("memory", "a limit of all processes together, by a systemd manager of yours", without: "none"),
        ConfigKey("cpus", "how many processors all processes together may use, by the same", without: "none"),
        ConfigKey("pids", "how many processes there may be, by the same", without: "none"),
        ConfigKey("ulimits", "a list of NAME=SOFT[:HARD], limits of each process", without: "yours"),
    ]
}
