internal import ContainerImage

/// How far a layer is.
public struct LayerProgress: Equatable, Sendable {
    /// The blob's digest.
    let digest: Digest
    /// The blob's size in bytes.
    let size: Int64
    /// How much of it is on disk.
    var downloaded: Int64 = 0
    /// How much of it has been unpacked or written.
    var processed: Int64 = 0
    /// Whether nothing is left to do.
    var isDone = false

    /// Whether there is something to be seen of it.
    var isActive: Bool { !isDone && downloaded > 0 }

    /// A line of at most `width` columns: name, size, a bar and what is going on.
    func line(width: Int, doing verb: String = "unpacking") -> String {
        let start = "\(digest.short) \(Self.pad(ByteCount(size).description, 8)) "
        let state = isDone ? "done" : downloaded < size ? "downloading" : processed > 0 ? verb : "downloaded"
        let room = min(40, width - start.count - "downloading".count - 4)
        guard room >= 8 else { return String((start + state).prefix(max(0, width))) }
        return start + "[" + bar(room) + "] " + state
    }

    /// Processed bytes as `#`, those on disk as `-`.
    private func bar(_ width: Int) -> String {
        let whole = Double(max(size, 1))
        let full = isDone ? width : min(width, Int(Double(processed) / whole * Double(width)))
        let partial = min(width, max(full, Int(Double(downloaded) / whole * Double(width))))
        return String(repeating: "#", count: full) + String(repeating: "-", count: partial - full)
            + String(repeating: " ", count: width - partial)
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    /// `{"event":"layer",...}` for programs.
    func event(number: Int) -> JSON {
        .object([
            .init("event", .string("layer")), .init("number", .number("\(number + 1)")),
            .init("digest", .string("\(digest)")), .init("size", .number("\(size)")),
            .init("downloaded", .number("\(downloaded)")), .init("processed", .number("\(processed)")),
            .init("done", .bool(isDone)),
        ])
    }
}
