/// The arguments of bubblewrap 0.8 or later that make a sandbox; see bwrap(1).
public struct BubblewrapArguments: Sendable, Equatable {
    /// The options, in bwrap's order: what comes later is mounted over what comes earlier. No `--`, no command.
    public let options: [String]
    /// The program and its arguments.
    public let command: [String]

    /// All arguments in one list, `--` before the command.
    public var arguments: [String] { options + ["--"] + command }

    /// The arguments for this sandbox.
    public init(_ sandbox: Sandbox) {
        options =
            Self.isolation + Self.identity(sandbox) + Self.files(sandbox)
            + sandbox.environment.flatMap { ["--setenv", $0.name, $0.value] } + Self.terminal(sandbox)
        command = sandbox.command
    }

    /// Every namespace, no capabilities, no further user namespaces, no life without the caller.
    private static let isolation = [
        "--unshare-all", "--unshare-user", "--disable-userns", "--cap-drop", "ALL", "--die-with-parent",
    ]

    private static func identity(_ sandbox: Sandbox) -> [String] {
        var arguments = ["--uid", String(sandbox.user.uid), "--gid", String(sandbox.user.gid)]
        if sandbox.network == .host { arguments.append("--share-net") }
        if let hostname = sandbox.hostname { arguments += ["--hostname", hostname] }
        return arguments
    }

    /// The rootfs is closed only at the end, for bwrap makes missing destinations in it.
    private static func files(_ sandbox: Sandbox) -> [String] {
        var arguments = ["--bind", sandbox.rootfs, "/"] + sandbox.mounts.flatMap(\.arguments)
        if sandbox.makesWorkingDirectory { arguments += ["--dir", sandbox.workingDirectory] }
        if sandbox.access == .readOnly { arguments += ["--remount-ro", "/"] }
        return arguments + ["--chdir", sandbox.workingDirectory]
    }

    private static func terminal(_ sandbox: Sandbox) -> [String] {
        switch sandbox.terminalGuard {
        case .newSession: ["--new-session"]
        case .filter(let descriptor): ["--seccomp", String(descriptor)]
        }
    }
}
