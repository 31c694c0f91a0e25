import Glibc

/// A layer's entry cannot be made.
public enum LayerError: Error, Equatable, CustomStringConvertible {
    /// A name over 4096 bytes.
    case nameTooLong([UInt8])
    /// A name with a NUL.
    case nulInName([UInt8])
    /// A name with a component `..`.
    case dotDotInName([UInt8])
    /// A whiteout that names nothing, or `.` or `..`.
    case invalidWhiteout([UInt8])
    /// An entry wants to put something other than a directory in the place of the root.
    case rootIsNoDirectory
    /// A hard link to something that is not there.
    case missingLinkTarget(String, target: String)
    /// A path leads through too many links.
    case tooManyLinks(String)
    /// The image unpacks to more than it may.
    case sizeLimitExceeded(Int64)
    /// The image's uncompressed layers are longer than they may, with all that surrounds the files in them.
    case streamLimitExceeded(Int64)
    /// A system call failed: its name, the path, errno.
    case system(String, String, CInt)

    /// One sentence with the path.
    public var description: String {
        switch self {
        case .nameTooLong(let name): "entry name of \(name.count) bytes, at most \(EntryPath.byteLimit) are allowed"
        case .nulInName(let name): "entry name '\(Self.text(name))' holds a NUL"
        case .dotDotInName(let name): "entry name '\(Self.text(name))' holds '..'"
        case .invalidWhiteout(let name): "whiteout '\(Self.text(name))' names nothing that could be removed"
        case .rootIsNoDirectory: "an entry would replace the root by something that is no directory"
        case .missingLinkTarget(let path, let target): "hard link '\(path)': its target '\(target)' is not there"
        case .tooManyLinks(let path): "'\(path)': too many symbolic links"
        case .sizeLimitExceeded(let limit):
            "the image unpacks to more than \(limit) bytes, the space that is free or was allowed by --max-size"
        case .streamLimitExceeded(let limit):
            "the image's layers have more than \(limit) bytes uncompressed, most of them no content of files; "
                + "a larger --max-size allows more"
        case .system(let call, let path, let code): "\(call) '\(path)': \(Self.reason(code))"
        }
    }

    /// What errno says, and what to do about it where that is known.
    public static func reason(_ code: CInt) -> String {
        let remedies = [
            ENOSPC: "free space or inodes on that disk, or use another",
            EDQUOT: "free some of your space there, or use another disk",
            EROFS: "use a folder that can be written", EFBIG: "raise the limit of the shell, 'ulimit -f'",
            EMFILE: "raise the limit of the shell, 'ulimit -n'", EIO: "the disk or the file is damaged",
        ]
        return unsafe String(cString: strerror(code)) + (remedies[code].map { "; \($0)" } ?? "")
    }

    private static func text(_ name: [UInt8]) -> String { String(decoding: name.prefix(200), as: UTF8.self) }
}
