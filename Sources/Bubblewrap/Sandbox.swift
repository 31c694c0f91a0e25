/// A program in its container, as a value: everything looked up, every destination resolved inside the rootfs.
public struct Sandbox: Sendable, Equatable {
    /// The ids that the program sees as its own.
    public struct User: Sendable, Equatable {
        /// The user's id.
        public var uid: UInt32
        /// The group's id.
        public var gid: UInt32

        /// A pair of ids.
        public init(uid: UInt32, gid: UInt32) {
            self.uid = uid
            self.gid = gid
        }
    }

    /// A variable of the program's environment.
    public struct Variable: Sendable, Equatable {
        /// The name, without `=`.
        public let name: String
        /// The value.
        public let value: String

        /// A variable.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The absolute path of the rootfs on the host.
    public var rootfs: String
    /// Whether the program may write in the rootfs.
    public var access = Mount.Access.readWrite
    /// What is mounted over the rootfs, in this order.
    public var mounts: [Mount] = []
    /// What the program reaches of the network.
    public var network = Network.none
    /// The host's name inside; nil: as outside.
    public var hostname: String?
    /// The ids inside.
    public var user: User
    /// All of the program's environment.
    public var environment: [Variable] = []
    /// The working directory, resolved.
    public var workingDirectory = "/"
    /// Whether the working directory is made first.
    public var makesWorkingDirectory = false
    /// Capabilities that the program has in its own namespace, by the names of capabilities(7).
    public var capabilities: [String] = []
    /// Whether the program may make user namespaces inside its own.
    public var allowsNesting = false
    /// Whether the program gets a session without a controlling terminal, so that it cannot type into the caller's
    /// (CVE-2017-5226). A program that is to have the terminal needs `SeccompFilter.Rules.terminal` instead.
    public var newSession = true
    /// What is done with the program's system calls.
    public var filter: SeccompFilter?
    /// The program and its arguments.
    public var command: [String]

    /// A program in a rootfs, closed to everything else.
    public init(rootfs: String, user: User, command: [String]) {
        self.rootfs = rootfs
        self.user = user
        self.command = command
    }
}
