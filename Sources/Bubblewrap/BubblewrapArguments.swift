/// The arguments of bubblewrap 0.8 or later that make a sandbox; see bwrap(1).
public struct BubblewrapArguments: Sendable, Equatable {
    /// What bwrap reads from a descriptor that its options name.
    public struct Input: Sendable, Equatable {
        /// The descriptor's number in bwrap.
        public let descriptor: Int32
        /// All that is read.
        public let content: [UInt8]
    }

    /// The number of the first descriptor in `inputs`; the others follow.
    static let firstDescriptor: Int32 = 20

    /// The options, in bwrap's order: what comes later is mounted over what comes earlier. No `--`, no command.
    public let options: [String]
    /// The program and its arguments.
    public let command: [String]
    /// What the options refer to.
    public let inputs: [Input]

    /// All arguments in one list, `--` before the command.
    public var arguments: [String] { options + ["--"] + command }

    /// The arguments for this sandbox.
    public init(_ sandbox: Sandbox) {
        var inputs: [Input] = []
        func input(_ content: [UInt8]) -> Int32 {
            inputs.append(Input(descriptor: Self.firstDescriptor + Int32(inputs.count), content: content))
            return inputs[inputs.count - 1].descriptor
        }
        var options = Self.isolation(sandbox) + Self.identity(sandbox)
        // The rootfs is closed only at the end, for bwrap makes missing destinations in it.
        options += ["--bind", sandbox.rootfs, "/"] + sandbox.mounts.flatMap { $0.arguments(input: input) }
        if sandbox.makesWorkingDirectory { options += ["--dir", sandbox.workingDirectory] }
        if sandbox.access == .readOnly { options += ["--remount-ro", "/"] }
        options += ["--chdir", sandbox.workingDirectory]
        options += sandbox.environment.flatMap { ["--setenv", $0.name, $0.value] }
        if sandbox.newSession { options.append("--new-session") }
        if let filter = sandbox.filter { options += ["--seccomp", String(input(filter.bytes))] }
        self.options = options
        self.inputs = inputs
        command = sandbox.command
    }

    /// Every namespace, no capabilities but those asked for, no life without the caller.
    private static func isolation(_ sandbox: Sandbox) -> [String] {
        ["--unshare-all", "--unshare-user"] + (sandbox.allowsNesting ? [] : ["--disable-userns"])
            + ["--cap-drop", "ALL"] + sandbox.capabilities.flatMap { ["--cap-add", $0] } + ["--die-with-parent"]
    }

    private static func identity(_ sandbox: Sandbox) -> [String] {
        var arguments = ["--uid", String(sandbox.user.uid), "--gid", String(sandbox.user.gid)]
        if sandbox.network == .shared { arguments.append("--share-net") }
        if let hostname = sandbox.hostname { arguments += ["--hostname", hostname] }
        return arguments
    }
}
