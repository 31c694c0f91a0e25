import Bubblewrap

/// `[HOST:]PATH[:ro|:rw]`, as `-v` and the keys of `Volumes` write it.
struct VolumeArgument: SettingValue, Equatable {
    enum Source: Equatable {
        /// A path of the host; it has a slash.
        case host(String)
        /// A folder below `DIR/volumes`.
        case named(String)
    }

    static let grammar =
        "[HOST:]PATH[:ro|:rw] with an absolute PATH, HOST a path with a slash or a name of letters, digits, '_', '.', '-'"

    var source: Source
    var destination: String
    var access: Mount.Access

    init?(parsing text: String) {
        var parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            .map { String($0) ?? "" }
        access = .readWrite
        if parts.count > 1, let last = parts.last, last == "ro" || last == "rw" {
            access = last == "ro" ? .readOnly : .readWrite
            parts.removeLast()
        }
        guard parts.count <= 2, let path = parts.last, RootResolver.isPlainPath(path), !text.utf8.contains(0) else {
            return nil
        }
        destination = path
        if parts.count == 1 {
            source = .named(Self.name(for: path))
        } else if parts[0].utf8.contains(UInt8(ascii: "/")) {
            source = .host(parts[0])
        } else {
            guard Self.isName(parts[0]) else { return nil }
            source = .named(parts[0])
        }
    }

    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, first != UInt8(ascii: "."), first != UInt8(ascii: "-") else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
                true
            default: false
            }
        }
    }

    /// One flat name for a path: `/var/lib/x` is `var-lib-x`; `-`, `%` and a leading `.` are escaped. Folders inside
    /// each other would let the program put a link in one volume where the next run looks for another.
    private static func name(for path: String) -> String {
        let name = RootResolver.components(path).map { part in
            part.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%25")
                .split(separator: "-", omittingEmptySubsequences: false).joined(separator: "%2D")
        }.joined(separator: "-")
        if name.isEmpty { return "%root" }
        return name.hasPrefix(".") ? "%2E" + name.dropFirst() : name
    }
}
