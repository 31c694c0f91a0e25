/// A path below the root of a layer: components of bytes, neither empty nor `.` nor `..`. The empty path is the root.
///
/// Names in a tar are bytes; whether they are text is nobody's business here.
struct EntryPath: Hashable, Sendable, CustomStringConvertible {
    static let root = EntryPath(bytes: [])
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
        let components = name.split(separator: UInt8(ascii: "/")).filter { $0 != [UInt8(ascii: ".")] }
        guard !components.contains([UInt8(ascii: "."), UInt8(ascii: ".")]) else { throw .dotDotInName(name) }
        bytes = Array(components.joined(separator: [UInt8(ascii: "/")]))
    }

    var isRoot: Bool { bytes.isEmpty }
    /// Links can lead to paths that no name could give.
    var isTooLong: Bool { bytes.count > Self.byteLimit }

    /// The last component; empty for the root.
    var name: ArraySlice<UInt8> { bytes.suffix(while: { $0 != UInt8(ascii: "/") }) }

    /// The path without its last component; the root is its own parent.
    var parent: EntryPath { EntryPath(bytes: Array(bytes.dropLast(name.count).dropLast())) }

    /// The path of something in this directory.
    func appending(_ name: some Collection<UInt8>) -> EntryPath {
        EntryPath(bytes: isRoot ? Array(name) : bytes + [UInt8(ascii: "/")] + name)
    }

    var components: [ArraySlice<UInt8>] { bytes.split(separator: UInt8(ascii: "/")) }

    /// For messages; what is no UTF-8 is shown as U+FFFD.
    var description: String { isRoot ? "." : String(decoding: bytes, as: UTF8.self) }
}

extension Collection<UInt8> where Self: BidirectionalCollection {
    /// The longest end whose elements all satisfy `predicate`.
    func suffix(while predicate: (UInt8) -> Bool) -> SubSequence {
        var start = endIndex
        while start != startIndex, predicate(self[index(before: start)]) { formIndex(before: &start) }
        return self[start...]
    }
}
