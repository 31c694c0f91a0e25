/// How credential files name a registry: `host[:port]`, an address `https://host/v1/`, or, in those of the containers
/// tools, a part of a registry: `quay.io/owner`.
enum RegistryName {
    /// How docker's own registry is called in files and by credential helpers, for historical reasons.
    private static let dockerKey = "https://index.docker.io/v1/"
    private static let dockerHosts = ["index.docker.io", "registry-1.docker.io", "docker.io"]

    /// What new entries for a registry are called.
    static func key(for registry: String) -> String { registry == "docker.io" ? dockerKey : registry }

    /// `host[:port][/path]` of a key, with the one name for docker's registry.
    static func canonical(_ key: String) -> String {
        var name = key[...]
        if let scheme = name.firstRange(of: "://") { name = name[scheme.upperBound...].prefix { $0 != "/" } }
        while name.hasSuffix("/") { name.removeLast() }
        if name.hasSuffix("/v1") || name.hasSuffix("/v2") { name.removeLast(3) }
        let host = name.prefix { $0 != "/" }
        return (dockerHosts.contains(String(host)) ? "docker.io" : host.lowercased()) + name[host.endIndex...]
    }
}
