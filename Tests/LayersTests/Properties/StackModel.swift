/// What a stack of layers should make, worked out in memory from the rules of the specification alone.
struct StackModel {
    /// The layer must be refused here.
    struct Refused: Error {}

    private enum Content: Equatable { case directory, file(String), symbolicLink(String), fifo }

    private struct Node {
        var content: Content
        var mode: Int
        var seconds: Int
        var nanoseconds: Int
        var children: [String: Child] = [:]
    }

    private struct Child {
        let node: Int
        /// The last layer that made it or something in it.
        var layer: Int
    }

    private var nodes = [Node(content: .directory, mode: 0o755, seconds: 0, nanoseconds: 0)]
    private var layer = 0

    mutating func beginLayer() { layer += 1 }

    mutating func apply(_ entry: StackEntry) throws {
        switch entry.kind {
        // They have nothing to hide, and are not looked for, whatever links lie on the way.
        case .opaque where layer == 1, .whiteout where layer == 1: break
        case .opaque:
            if let directory = try resolve(entry.path) { removeLower(in: directory) }
        case .whiteout:
            if let directory = try resolve(entry.path.dropLast()) {
                removeLower(entry.path[entry.path.count - 1], in: directory)
            }
        default: try make(entry)
        }
    }

    // MARK: Making

    private mutating func make(_ entry: StackEntry) throws {
        guard let name = entry.path.last else {
            guard entry.kind == .directory else { throw Refused() }
            return setMetadata(of: 0, entry)
        }
        guard let path = try resolve(entry.path.dropLast(), making: true), let parent = node(at: path) else {
            throw Refused()
        }
        switch entry.kind {
        case .directory:
            if let old = nodes[parent].children[name], nodes[old.node].content == .directory {
                setMetadata(of: old.node, entry)
            } else {
                put(.directory, entry, name, in: parent)
            }
        case .hardLink: try makeHardLink(entry, name, in: path)
        case .file: put(.file(entry.content), entry, name, in: parent)
        case .symbolicLink: put(.symbolicLink(entry.link), entry, name, in: parent)
        case .fifo: put(.fifo, entry, name, in: parent)
        default: nodes[parent].children[name] = nil
        }
        mark(path + [name])
    }

    private mutating func put(_ content: Content, _ entry: StackEntry, _ name: String, in parent: Int) {
        nodes.append(Node(content: content, mode: entry.mode, seconds: entry.seconds, nanoseconds: entry.nanoseconds))
        nodes[parent].children[name] = Child(node: nodes.count - 1, layer: layer)
    }

    private mutating func makeHardLink(_ entry: StackEntry, _ name: String, in path: [String]) throws {
        let target = entry.link.split(separator: "/").map(String.init)
        guard let targetFolder = try resolve(target.dropLast()) else { throw Refused() }
        let targetPath = targetFolder + [target[target.count - 1]]
        guard let node = node(at: targetPath) else { throw Refused() }
        if targetPath == path + [name] { return }
        // What the link replaces may hold its target.
        guard nodes[node].content != .directory, !targetPath.starts(with: path + [name]) else { throw Refused() }
        guard let parent = self.node(at: path) else { throw Refused() }
        nodes[parent].children[name] = Child(node: node, layer: layer)
    }

    private mutating func setMetadata(of node: Int, _ entry: StackEntry) {
        nodes[node].mode = entry.mode
        nodes[node].seconds = entry.seconds
        nodes[node].nanoseconds = entry.nanoseconds
    }

    private mutating func mark(_ path: [String]) {
        var parent = 0
        for name in path {
            guard let child = nodes[parent].children[name] else { return }
            nodes[parent].children[name]?.layer = layer
            parent = child.node
        }
    }

    // MARK: Removing

    private mutating func removeLower(in path: [String]) {
        guard let directory = node(at: path) else { return }
        for name in nodes[directory].children.keys { removeLower(name, in: path) }
    }

    private mutating func removeLower(_ name: String, in path: [String]) {
        guard let parent = node(at: path), let child = nodes[parent].children[name] else { return }
        if child.layer < layer {
            nodes[parent].children[name] = nil
        } else if nodes[child.node].content == .directory {
            removeLower(in: path + [name])
        }
    }

    // MARK: Paths

    /// The node at a path without links.
    private func node(at path: [String]) -> Int? {
        var node = 0
        for name in path {
            guard let child = nodes[node].children[name] else { return nil }
            node = child.node
        }
        return node
    }

    /// The path of a directory without links, as after a chroot; nil when it is not there and not to be made.
    private mutating func resolve(_ path: some Collection<String>, making: Bool = false) throws -> [String]? {
        var real: [String] = []
        var pending = Array(path.reversed())
        var links = 0
        while let name = pending.popLast() {
            if name == "." { continue }
            if name == ".." {
                _ = real.popLast()
                continue
            }
            guard let parent = node(at: real) else { return nil }
            let child = nodes[parent].children[name]?.node
            if let child, case .symbolicLink(let target) = nodes[child].content {
                links += 1
                guard links <= 40 else { throw Refused() }
                if target.hasPrefix("/") { real = [] }
                pending += target.split(separator: "/").map(String.init).reversed()
                continue
            }
            if child.map({ nodes[$0].content != .directory }) ?? true {
                guard making else { return nil }
                put(.directory, StackEntry(kind: .directory, path: [], mode: 0o755), name, in: parent)
            }
            real.append(name)
        }
        return real
    }

    /// Whether the folder that the entry is about, or is in, is there.
    func hasFolder(for entry: StackEntry) -> Bool {
        var copy = self
        return (try? copy.resolve(entry.kind == .opaque ? entry.path[...] : entry.path.dropLast())) != nil
    }

    // MARK: Listing

    /// The tree as `FolderListing` shows it.
    var listing: [String] {
        var found: [(path: String, node: Int)] = []
        collect(0, at: ".", into: &found)
        found.sort { $0.path < $1.path }
        let groups = Dictionary(grouping: found, by: \.node).filter { $1.count > 1 }
        return found.map { path, number in
            let node = nodes[number]
            let link = groups[number].map { $0[0].path }
            let mode = String(node.mode, radix: 8)
            switch node.content {
            case .directory: return FolderListing.line(path, "directory \(mode)", node.seconds, node.nanoseconds, link)
            case .fifo: return FolderListing.line(path, "fifo \(mode)", node.seconds, node.nanoseconds, link)
            case .file(let content):
                return FolderListing.line(
                    path, "file \(mode) \(FolderListing.summary(of: Array(content.utf8)))", node.seconds,
                    node.nanoseconds, link)
            case .symbolicLink(let target):
                return FolderListing.line(path, "link \(target)", node.seconds, node.nanoseconds, link)
            }
        }
    }

    private func collect(_ node: Int, at path: String, into found: inout [(path: String, node: Int)]) {
        found.append((path, node))
        for (name, child) in nodes[node].children { collect(child.node, at: "\(path)/\(name)", into: &found) }
    }
}
