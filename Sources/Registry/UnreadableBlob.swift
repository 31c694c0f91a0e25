import ContainerImage

/// A blob's file cannot be read, as on a broken disk, or is shorter than it was.
public struct UnreadableBlob: Error, CustomStringConvertible {
    let digest: Digest
    let reason: String

    /// One sentence.
    public var description: String { "blob \(digest.short): its file cannot be read: \(reason)" }
}
