/// Where an image is to be taken from: what a person writes as REF.
public enum ImageLocation: Hashable, Sendable, CustomStringConvertible {
    /// A registry.
    case registry(Reference)
    /// `oci:PATH[:TAG]`: a folder in the OCI image layout.
    case layout(path: String, tag: String?)
    /// `oci-archive:FILE[:TAG]`: a tar of such a folder.
    case layoutArchive(path: String, tag: String?)
    /// `docker-archive:FILE[:REF]`: what `docker save` writes.
    case dockerArchive(path: String, reference: String?)

    /// Parses REF. Throws `ReferenceError` when it names no image.
    public init(parsing text: String) throws(ReferenceError) {
        if let rest = Self.rest(of: text, after: "oci:") {
            let (path, tag) = try Self.pathAndTag(rest, in: text)
            self = .layout(path: path, tag: tag)
        } else if let rest = Self.rest(of: text, after: "oci-archive:") {
            let (path, tag) = try Self.pathAndTag(rest, in: text)
            self = .layoutArchive(path: path, tag: tag)
        } else if let rest = Self.rest(of: text, after: "docker-archive:") {
            let parts = rest.split(separator: ":", maxSplits: 1).map(String.init)
            guard let path = parts.first else { throw .missingPath(text) }
            self = .dockerArchive(path: path, reference: parts.count == 2 ? parts[1] : nil)
        } else {
            self = .registry(try Reference(parsing: text))
        }
    }

    /// The folder that a pull makes unless it is told another: the last part of the name, without tag. Empty when the
    /// image comes from standard input.
    public var defaultFolder: String {
        switch self {
        case .registry(let reference): Self.lastComponent(reference.repository)
        case .layout(let path, _): Self.lastComponent(path)
        case .layoutArchive("-", _), .dockerArchive("-", _): ""
        case .layoutArchive(let path, _), .dockerArchive(let path, _): Self.withoutExtension(Self.lastComponent(path))
        }
    }

    /// The same location, wherever it is read: relative paths begin at `folder` instead.
    public func absolute(in folder: String) -> ImageLocation {
        func whole(_ path: String) -> String { path.hasPrefix("/") || path == "-" ? path : "\(folder)/\(path)" }
        return switch self {
        case .registry: self
        case .layout(let path, let tag): .layout(path: whole(path), tag: tag)
        case .layoutArchive(let path, let tag): .layoutArchive(path: whole(path), tag: tag)
        case .dockerArchive(let path, let reference): .dockerArchive(path: whole(path), reference: reference)
        }
    }

    /// What parses to the same value.
    public var description: String {
        switch self {
        case .registry(let reference): reference.description
        case .layout(let path, let tag): "oci:\(path)" + (tag.map { ":\($0)" } ?? "")
        case .layoutArchive(let path, let tag): "oci-archive:\(path)" + (tag.map { ":\($0)" } ?? "")
        case .dockerArchive(let path, let reference): "docker-archive:\(path)" + (reference.map { ":\($0)" } ?? "")
        }
    }

    private static func rest(of text: String, after prefix: String) -> Substring? {
        text.hasPrefix(prefix) ? text.dropFirst(prefix.count) : nil
    }

    /// A tag is what follows the last colon, unless a slash stands in it: paths may hold colons too.
    private static func pathAndTag(_ rest: Substring, in text: String) throws(ReferenceError) -> (String, String?) {
        var path = rest
        var tag: String?
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("/") {
            path = rest[..<colon]
            tag = String(rest[rest.index(after: colon)...])
        }
        guard !path.isEmpty else { throw .missingPath(text) }
        return (String(path), tag)
    }

    private static func lastComponent(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? ""
    }

    /// Without `.tar`, `.tar.gz` and the like.
    private static func withoutExtension(_ name: String) -> String {
        var name = name[...]
        for suffixes in [[".gz", ".zst"], [".tar", ".tgz", ".oci"]] {
            for suffix in suffixes where name.hasSuffix(suffix) && name.count > suffix.count {
                name = name.dropLast(suffix.count)
            }
        }
        return String(name)
    }
}
