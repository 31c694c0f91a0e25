/// Whether the system lets ordinary users make namespaces.
enum UserNamespaces {
    /// Throws `RunError.namespacesForbidden` when it is certain that none can be made.
    static func check() throws {
        if setting("user.max_user_namespaces") == "0" {
            throw RunError.namespacesForbidden(
                reason: "user.max_user_namespaces is 0", remedy: "sysctl -w user.max_user_namespaces=15000")
        }
        if setting("kernel.unprivileged_userns_clone") == "0" {
            throw RunError.namespacesForbidden(
                reason: "kernel.unprivileged_userns_clone is 0", remedy: "sysctl -w kernel.unprivileged_userns_clone=1")
        }
    }

    /// What explains that bwrap failed: Ubuntu forbids namespaces to programs without an AppArmor profile; whether bwrap
    /// has one only its failure shows.
    static var likelyRefusal: RunError? {
        guard setting("kernel.apparmor_restrict_unprivileged_userns") == "1" else { return nil }
        return .namespacesForbidden(
            reason: "kernel.apparmor_restrict_unprivileged_userns is 1",
            remedy: "give bwrap an AppArmor profile with 'userns,', or "
                + "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0")
    }

    /// A setting of sysctl(8).
    private static func setting(_ name: String) -> String? {
        let path = String(name.map { $0 == "." ? "/" : $0 })
        guard let bytes = FileSystem.contents(of: "/proc/sys/\(path)", sizeLimit: 64) else { return nil }
        return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
}
