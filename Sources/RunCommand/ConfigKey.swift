/// A key of `config.json` that d-run reads: the row of the table from which d-utils-config(5) is made.
public struct ConfigKey: Sendable {
    /// The key.
    public let name: String
    /// What it says.
    public let meaning: String
    /// What holds without it.
    public let fallback: String

    /// Every key, the image's own before those of d-run.
    public static let all = [
        ConfigKey(name: "Entrypoint", meaning: "words before those of Cmd or of the command line", fallback: "none"),
        ConfigKey(
            name: "Cmd", meaning: "the command, a list of words; a single string goes to /bin/sh -c",
            fallback: "CMD must be given"),
        ConfigKey(
            name: "Env", meaning: "a list of NAME=value; NAME alone takes the caller's value",
            fallback: "PATH, HOME, and TERM on a terminal"),
        ConfigKey(name: "WorkingDir", meaning: "the folder to start in; made if it is missing", fallback: "/"),
        ConfigKey(
            name: "User", meaning: "name, uid, name:group or uid:gid; names are looked up in the rootfs",
            fallback: "your own ids"),
        ConfigKey(name: "Hostname", meaning: "the host's name inside", fallback: "the host's"),
        ConfigKey(name: "Volumes", meaning: "an object whose keys are [HOST:]PATH[:ro|:rw]", fallback: "none"),
        ConfigKey(name: "net", meaning: "true: the host's network, its loopback included", fallback: "false: none"),
        ConfigKey(name: "fakeroot", meaning: "true: uid and gid 0 inside, still you outside", fallback: "false"),
        ConfigKey(name: "readonly", meaning: "true: nothing can be written in the rootfs", fallback: "false"),
    ]
}
