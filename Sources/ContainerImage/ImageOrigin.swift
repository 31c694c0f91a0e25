/// What a container was made from: the lines of its `image.txt`.
public struct ImageOrigin: Hashable, Sendable {
    /// What was pulled.
    public let location: ImageLocation
    /// The digest that it had: of an index, or of the manifest itself.
    public let digest: Digest
    /// The digest of the platform's manifest.
    public let manifest: Digest
    /// What the image was built for.
    public let platform: Platform

    /// An origin to be written down.
    public init(location: ImageLocation, digest: Digest, manifest: Digest, platform: Platform) {
        self.location = location
        self.digest = digest
        self.manifest = manifest
        self.platform = platform
    }

    /// Reads an `image.txt`; nil when it lacks a line or one is malformed.
    public init?(parsing text: String) {
        var lines: [Substring: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1)
            if parts.count == 2 { lines[parts[0]] = String(parts[1]) }
        }
        guard let location = try? lines["reference"].map({ try ImageLocation(parsing: $0) }),
            let digest = try? lines["digest"].map({ try Digest(parsing: $0) }),
            let manifest = try? lines["manifest"].map({ try Digest(parsing: $0) }),
            let platform = lines["platform"].flatMap({ Platform(parsing: $0) })
        else { return nil }
        self.init(location: location, digest: digest, manifest: manifest, platform: platform)
    }

    /// The text of `image.txt`.
    public var text: String {
        "reference \(location)\ndigest \(digest)\nmanifest \(manifest)\nplatform \(platform)\n"
    }
}
