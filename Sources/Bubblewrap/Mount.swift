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
    /// A device of the host, or a folder of them.
    case device(source: String, destination: String)
    /// An empty folder in memory, with these permissions and at most this many bytes.
    case temporary(destination: String, mode: UInt16, size: UInt64? = nil)
    /// A file in memory that cannot be written.
    case file(content: [UInt8], destination: String)
    /// The container's own processes.
    case processes(destination: String)
    /// A few harmless devices and a terminal folder of its own.
    case devices(destination: String)

    /// Where it is mounted inside the container.
    public var destination: String {
        switch self {
        case .bind(_, let destination, _), .device(_, let destination), .temporary(let destination, _, _),
            .file(_, let destination), .processes(let destination), .devices(let destination):
            destination
        }
    }

    /// `input` names the descriptor from which bwrap reads a content.
    func arguments(input: ([UInt8]) -> Int32) -> [String] {
        switch self {
        case .bind(let source, let destination, .readOnly): ["--ro-bind", source, destination]
        case .bind(let source, let destination, .readWrite): ["--bind", source, destination]
        case .device(let source, let destination): ["--dev-bind", source, destination]
        case .temporary(let destination, let mode, let size):
            ["--perms", "0" + String(mode, radix: 8)] + (size.map { ["--size", String($0)] } ?? [])
                + ["--tmpfs", destination]
        case .file(let content, let destination):
            ["--perms", "0644", "--ro-bind-data", String(input(content)), destination]
        case .processes(let destination): ["--proc", destination]
        case .devices(let destination): ["--dev", destination]
        }
    }
}
