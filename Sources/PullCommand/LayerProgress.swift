/// How far a layer is.
struct LayerProgress: Equatable {
    /// The first digits of the blob's digest.
    let name: String
    /// The blob's size in bytes.
    let size: Int64
    /// How much of it is on disk.
    var downloaded: Int64 = 0
    /// How much of it has been unpacked.
    var unpacked: Int64 = 0
    /// Whether all its files are made.
    var isApplied = false

    /// Whether there is something to be seen of it.
    var isActive: Bool { !isApplied && downloaded > 0 }

    /// A line of at most `width` columns: name, size, a bar and what is going on.
    func line(width: Int) -> String {
        let start = "\(name) \(Self.pad(ByteCount(size).description, 8)) "
        let state = isApplied ? "done" : downloaded < size ? "downloading" : unpacked > 0 ? "unpacking" : "downloaded"
        let room = min(40, width - start.count - "downloading".count - 4)
        guard room >= 8 else { return String((start + state).prefix(width)) }
        return start + "[" + bar(room) + "] " + state
    }

    /// Unpacked bytes as `#`, those on disk as `-`.
    private func bar(_ width: Int) -> String {
        let whole = Double(max(size, 1))
        let full = isApplied ? width : min(width, Int(Double(unpacked) / whole * Double(width)))
        let partial = min(width, max(full, Int(Double(downloaded) / whole * Double(width))))
        return String(repeating: "#", count: full) + String(repeating: "-", count: partial - full)
            + String(repeating: " ", count: width - partial)
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
