import Bubblewrap

/// Paths as a program inside the container sees them, resolved from outside without leaving it: component by component,
/// absolute links start over at the container's root, `..` stops there, at most 40 links (as the kernel's limit).
///
/// Mounted host folders are part of the view; what is mounted from memory is empty.
struct RootResolver {
    /// A place in the container, without links.
    struct Place: Equatable {
        /// The path inside.
        let path: String
        /// The path on the host; nil in a mount that has none.
        let hostPath: String?
    }

    /// What stands at a place that has no path on the host.
    enum Memory { case empty, folder, unknown }

    static let linkLimit = 40

    let rootfs: String
    var mounts: [Mount] = []

    init(rootfs: String) {
        self.rootfs = rootfs
    }

    /// Where a path leads; components that do not exist are taken as they are. A relative path starts at `folder`.
    func resolve(_ path: String, from folder: String = "/") throws -> Place {
        var resolved: [String] = []
        var links = 0
        var rest = Array(((Self.isAbsolute(path) ? [] : Self.components(folder)) + Self.components(path)).reversed())
        while let component = rest.popLast() {
            if component == ".." {
                _ = resolved.popLast()
                continue
            }
            let here = resolved + [component]
            guard let target = linkTarget(at: here) else {
                resolved = here
                continue
            }
            links += 1
            guard links <= Self.linkLimit else { throw RunError.tooManyLinks(path) }
            if Self.isAbsolute(target) { resolved = [] }
            rest += Self.components(target).reversed()
        }
        return Place(path: Self.path(of: resolved), hostPath: hostPath(of: resolved))
    }

    /// What stands at a place without a path on the host: a folder that starts empty, a folder on the way to a mount
    /// inside of one, or nothing.
    func memory(at place: Place) -> Memory {
        let components = Self.components(place.path)
        let over = mounts.last { components.starts(with: Self.components($0.destination)) }
        guard case .temporary(let destination, _, _) = over else { return .unknown }
        let isFolder =
            Self.components(destination) == components
            || mounts.contains { Self.components($0.destination).starts(with: components) }
        return isFolder ? .folder : .empty
    }

    /// The components that are neither empty nor `.`. Bytes are looked at, as the kernel does: to a `String` a slash
    /// before a combining character is no slash.
    static func components(_ path: String) -> [String] {
        path.utf8.split(separator: UInt8(ascii: "/")).map { String($0) ?? "" }.filter { $0 != "." }
    }

    static func isAbsolute(_ path: String) -> Bool { path.utf8.first == UInt8(ascii: "/") }

    /// Whether a path is absolute, without `..`.
    static func isPlainPath(_ path: String) -> Bool { isAbsolute(path) && !components(path).contains("..") }

    private func linkTarget(at components: [String]) -> String? {
        let path = Self.path(of: components)
        guard !mounts.contains(where: { $0.destination == path }), let hostPath = hostPath(of: components),
            FileSystem.entry(hostPath)?.kind == .link
        else { return nil }
        return FileSystem.target(ofLink: hostPath)
    }

    /// The host's path of a place, by the last mount over it.
    private func hostPath(of components: [String]) -> String? {
        for mount in mounts.reversed() {
            let destination = Self.components(mount.destination)
            guard components.starts(with: destination) else { continue }
            guard case .bind(let source, _, _) = mount else { return nil }
            return source + Self.path(of: components.dropFirst(destination.count), root: "")
        }
        return rootfs + Self.path(of: components, root: "")
    }

    /// The path of these components; `root` when there are none. (`joined(separator:)` makes the runtime look all its
    /// protocols through once, which takes longer than the rest of the way.)
    private static func path(of components: some Sequence<String>, root: String = "/") -> String {
        let path = components.reduce(into: "") { $0 += "/" + $1 }
        return path.isEmpty ? root : path
    }
}
