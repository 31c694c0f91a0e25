internal import ContainerImage

/// A three-way merge of configurations: what the old image brought, what the new one brings, and the file that the user
/// has edited since.
///
/// What only one side changed is taken from that side; what both changed alike is no conflict; else the user's stays.
/// Objects are merged key by key, and so are lists of `NAME=value`, as `Env` is. Other lists count as one value.
struct ConfigMerge {
    /// The merged configuration, in the order of the file, what is new behind.
    let result: JSON
    /// The keys that both changed, each in its own way: `Cmd`, `Labels.version`.
    let conflicts: [String]

    init(old: JSON, new: JSON, file: JSON) {
        var conflicts: [String] = []
        result = Self.merge(old, new, file, at: "", &conflicts) ?? .object([])
        self.conflicts = conflicts
    }

    private static func merge(
        _ old: JSON?, _ new: JSON?, _ file: JSON?, at path: String, _ conflicts: inout [String]
    ) -> JSON? {
        if file == old { return new }
        if new == old || new == file { return file }
        if let new = members(new), let file = members(file) {
            let old = members(old) ?? []
            return .object(merge(old, new, file, at: path, &conflicts))
        }
        if let new = variables(new), let file = variables(file) {
            let merged = merge(variables(old) ?? [], new, file, at: path, &conflicts)
            return .array(merged.map(\.value))
        }
        conflicts.append(path)
        return file
    }

    private static func merge(
        _ old: [JSON.Member], _ new: [JSON.Member], _ file: [JSON.Member], at path: String, _ conflicts: inout [String]
    ) -> [JSON.Member] {
        func value(_ key: String, _ members: [JSON.Member]) -> JSON? { members.last { $0.key == key }?.value }
        var keys: [String] = []
        for key in (file + new).map(\.key) where !keys.contains(key) { keys.append(key) }
        return keys.compactMap { key in
            let inner = path.isEmpty ? key : "\(path).\(key)"
            return merge(value(key, old), value(key, new), value(key, file), at: inner, &conflicts)
                .map { JSON.Member(key, $0) }
        }
    }

    private static func members(_ value: JSON?) -> [JSON.Member]? {
        guard case .object(let members) = value else { return nil }
        return members
    }

    /// The elements of a list of `NAME=value` by their names; nil for any other list.
    private static func variables(_ value: JSON?) -> [JSON.Member]? {
        guard case .array(let elements) = value else { return nil }
        var members: [JSON.Member] = []
        for element in elements {
            guard case .string(let text) = element, let equals = text.firstIndex(of: "=") else { return nil }
            members.append(JSON.Member(String(text[..<equals]), element))
        }
        return members
    }
}
