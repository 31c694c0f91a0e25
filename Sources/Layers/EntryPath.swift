/// A path below the root of a layer: components of bytes, neither empty nor `.` nor `..`. The empty path is the root.
///
/// Names in a tar are bytes; whether they are text is nobody's business here.
struct EntryPath: Hashable, Sendable, CustomStringConvertible {
    static let root = EntryPath(bytes: [])
    private static let slash = UInt8(ascii: "/")
    /// PATH_MAX of Linux.
    static let byteLimit = 4096

    /// The components with a slash between them.
    let bytes: [UInt8]

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Parses an entry's name. A leading slash and `.` components mean nothing; `..`, NUL and more than 4096 bytes are
    /// refused.
    init(name: [UInt8]) throws(LayerError) {
        guard name.count <= Self.byteLimit else { throw .nameTooLong(name) }
        guard !name.contains(0) else { throw .nulInName(name) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(name.count)
        var rest = name[...]
        while !rest.isEmpty {
            let component = rest.prefix { $0 != Self.slash }
            rest = rest[component.endIndex...].dropFirst()
            let isDots = component.allSatisfy { $0 == UInt8(ascii: ".") }
            if isDots, component.count < 2 { continue }
            guard !isDots || component.count > 2 else { throw .dotDotInName(name) }
            if !bytes.isEmpty { bytes.append(Self.slash) }
            bytes += component
        }
        self.bytes = bytes
    }

    var isRoot: Bool { bytes.isEmpty }
    /// Links can lead to paths that no name could give.
    var isTooLong: Bool { bytes.count > Self.byteLimit }

    /// The last component; empty for the root.
    var name: ArraySlice<UInt8> { bytes[(bytes.lastIndex(of: Self.slash).map { $0 + 1 } ?? 0)...] }

    /// The path without its last component; the root is its own parent.
    var parent: EntryPath { EntryPath(bytes: Array(bytes.prefix(max(0, bytes.count - name.count - 1)))) }

    /// The path of something in this directory.
    func appending(_ name: some Collection<UInt8>) -> EntryPath {
        guard !isRoot else { return EntryPath(bytes: Array(name)) }
        var path: [UInt8] = []
        path.reserveCapacity(bytes.count + 1 + name.count)
        path += bytes
        path.append(Self.slash)
        path += name
        return EntryPath(bytes: path)
    }

    var components: [ArraySlice<UInt8>] { bytes.split(separator: Self.slash) }

    /// All bytes at once; the hash of an array takes each by itself.
    func hash(into hasher: inout Hasher) {
        // SAFETY: the bytes are only read.
        unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    }

    /// For messages; what is no UTF-8 is shown as U+FFFD.
    var description: String { isRoot ? "." : String(decoding: bytes, as: UTF8.self) }
}
