/// What is mounted over a container's rootfs. Destinations are absolute and without links inside the rootfs: bubblewrap
/// 0.8 follows a link at a destination out of it.
public enum Mount: Sendable, Equatable {
    /// Whether the program may write.
    public enum Access: Sendable, Equatable {
        /// It may not.
        case readOnly
        /// It may, where the modes of the files allow it.
        case readWrite
    }

    /// A folder or file of the host.
    case bind(source: String, destination: String, Access)
    /// An empty folder in memory, with these permissions.
    case temporary(destination: String, mode: UInt16)
    /// The container's own processes.
    case processes(destination: String)
    /// A few harmless devices and a terminal folder of its own.
    case devices(destination: String)

    /// Where it is mounted inside the container.
    public var destination: String {
        switch self {
        case .bind(_, let destination, _), .temporary(let destination, _), .processes(let destination),
            .devices(let destination):
            destination
        }
    }

    var arguments: [String] {
        switch self {
        case .bind(let source, let destination, .readOnly): ["--ro-bind", source, destination]
        case .bind(let source, let destination, .readWrite): ["--bind", source, destination]
        case .temporary(let destination, let mode):
            ["--perms", "0" + String(mode, radix: 8), "--tmpfs", destination]
        case .processes(let destination): ["--proc", destination]
        case .devices(let destination): ["--dev", destination]
        }
    }
}
