/// The name of an image in a registry: `[registry[:port]/]repository[:tag][@digest]`.
///
/// https://github.com/distribution/reference (grammar), with docker's defaults: no registry means `docker.io`, a
/// single component there gets `library/` before it, neither tag nor digest means the tag `latest`. With both, the
/// digest decides.
public struct Reference: Hashable, Sendable, CustomStringConvertible {
    /// The registry's name as people know it, with its port if one was written: `docker.io`, `localhost:5000`.
    public let registry: String
    /// The path of the image within the registry: `library/alpine`.
    public let repository: String
    /// What names the manifest unless there is a digest; at most 128 bytes.
    public let tag: String?
    /// The manifest's digest.
    public let digest: Digest?

    /// Parses what a person types. The form `name@tag` is taken too.
    ///
    /// Throws `ReferenceError` when a part breaks the grammar.
    public init(parsing text: String) throws(ReferenceError) {
        var rest = text[...]
        var tag: String?
        var digest: Digest?
        if let at = rest.lastIndex(of: "@") {
            let suffix = String(rest[rest.index(after: at)...])
            if suffix.contains(":") {
                do { digest = try Digest(parsing: suffix) } catch { throw .invalidDigest(error) }
            } else {
                tag = suffix
            }
            rest = rest[..<at]
        }
        if tag == nil, let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("/"), !rest[colon...].contains("]")
        {
            tag = String(rest[rest.index(after: colon)...])
            rest = rest[..<colon]
        }
        (registry, repository) = try Self.split(rest, in: text)
        if let tag, !Self.isTag(tag) { throw .invalidTag(tag, in: text) }
        self.tag = tag ?? (digest == nil ? "latest" : nil)
        self.digest = digest
    }

    private init(registry: String, repository: String, tag: String?, digest: Digest?) {
        self.registry = registry
        self.repository = repository
        self.tag = tag
        self.digest = digest
    }

    /// The same name with this digest.
    public func pinned(to digest: Digest) -> Reference {
        Reference(registry: registry, repository: repository, tag: tag, digest: digest)
    }

    /// The digest, else the tag: what stands after `/manifests/` in a request.
    public var identifier: String { digest?.description ?? tag ?? "latest" }

    /// `registry/repository[:tag][@digest]`, which parses to the same value.
    public var description: String {
        "\(registry)/\(repository)" + (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "")
    }

    private static func split(_ name: Substring, in text: String) throws(ReferenceError) -> (String, String) {
        var registry = "docker.io"
        var repository = String(name)
        if let slash = name.firstIndex(of: "/") {
            let first = String(name[..<slash])
            if first.contains(".") || first.contains(":") || first == "localhost" {
                registry = first == "index.docker.io" || first == "registry-1.docker.io" ? "docker.io" : first
                repository = String(name[name.index(after: slash)...])
            }
        }
        guard isRegistry(registry) else { throw .invalidRegistry(registry, in: text) }
        if registry == "docker.io", !repository.contains("/") { repository = "library/" + repository }
        guard isRepository(repository) else { throw .invalidRepository(String(name), in: text) }
        return (registry, repository)
    }

    /// `host[:port]`, the host being a domain name, an IPv4 address or an IPv6 address in brackets.
    private static func isRegistry(_ text: String) -> Bool {
        var host = text[...]
        if let colon = text.lastIndex(of: ":"), !text[colon...].contains("]") {
            guard UInt16(text[text.index(after: colon)...]) != nil else { return false }
            host = text[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") {
            return host.utf8.count > 4
                && host.dropFirst().dropLast().allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
        }
        return host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            label.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
                && !label.isEmpty && !label.hasPrefix("-") && !label.hasSuffix("-")
        }
    }

    /// Lowercase components between slashes; inside one, `.`, `_`, `__` or any number of `-` between letters and digits.
    private static func isRepository(_ text: String) -> Bool {
        text.utf8.count <= 255
            && text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { isComponent($0) }
    }

    private static func isComponent(_ component: Substring) -> Bool {
        var separator = "."  // none may stand at either end
        for character in component {
            if let byte = character.asciiValue, isAlphanumeric(byte), !character.isUppercase {
                separator = ""
            } else {
                separator.append(character)
                guard [".", "_", "__"].contains(separator) || separator.allSatisfy({ $0 == "-" }) else { return false }
            }
        }
        return separator.isEmpty
    }

    private static func isTag(_ text: String) -> Bool {
        let separators = [UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-")]
        return (1...128).contains(text.utf8.count) && !text.hasPrefix(".") && !text.hasPrefix("-")
            && text.utf8.allSatisfy { isAlphanumeric($0) || separators.contains($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }
}
