import Bubblewrap

/// The users and groups of a container: `/etc/passwd` and `/etc/group` of its rootfs (passwd(5), group(5)).
struct Accounts {
    /// Who the program is.
    struct Identity: Equatable {
        var user: Sandbox.User
        /// The user's folder as passwd has it.
        var home: String?
    }

    static let sizeLimit = 1 << 20

    private let passwd: [[String]]
    private let group: [[String]]

    init(in resolver: RootResolver) throws {
        passwd = try Self.rows(of: "/etc/passwd", in: resolver)
        group = try Self.rows(of: "/etc/group", in: resolver)
    }

    /// The ids of `USER[:GROUP]`, each by name or number. Without a group it is the user's own, or 0 for a number that
    /// passwd does not have, as docker does. Throws `RunError.unknownUser` or `.badUser`.
    func identity(of text: String) throws -> Identity {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, !parts.contains("") else { throw RunError.badUser(text) }
        let row = try row(of: parts[0], in: passwd, file: "/etc/passwd")
        let uid = try Self.id(row?[2] ?? parts[0], text)
        let gid: UInt32
        if parts.count == 2 {
            gid = try Self.id(self.row(of: parts[1], in: group, file: "/etc/group")?[2] ?? parts[1], text)
        } else if let row, row.count > 3 {
            gid = try Self.id(row[3], text)
        } else {
            gid = 0
        }
        return Identity(user: Sandbox.User(uid: uid, gid: gid), home: row.flatMap(Self.home))
    }

    /// The folder of the user with this id.
    func home(of uid: UInt32) -> String? {
        passwd.first { $0.count > 2 && $0[2] == String(uid) }.flatMap(Self.home)
    }

    /// The row of a name; of a number, by id, nil when there is none.
    private func row(of name: String, in rows: [[String]], file: String) throws -> [String]? {
        if let row = rows.first(where: { $0.count > 2 && $0[0] == name }) { return row }
        guard let number = UInt32(name), !name.hasPrefix("+") else { throw RunError.unknownUser(name, file: file) }
        return rows.first { $0.count > 2 && $0[2] == String(number) }
    }

    /// 4294967295 is the kernel's "no id".
    private static func id(_ digits: String, _ text: String) throws -> UInt32 {
        guard let id = UInt32(digits), id < UInt32.max else { throw RunError.badUser(text) }
        return id
    }

    private static func home(_ row: [String]) -> String? {
        row.count > 5 && RootResolver.isAbsolute(row[5]) ? row[5] : nil
    }

    private static func rows(of path: String, in resolver: RootResolver) throws -> [[String]] {
        guard let hostPath = try resolver.resolve(path).hostPath,
            let bytes = FileSystem.contents(of: hostPath, sizeLimit: sizeLimit)
        else { return [] }
        return bytes.split(separator: UInt8(ascii: "\n")).filter { !$0.contains(0) }.map { line in
            line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map {
                String(decoding: $0, as: UTF8.self)
            }
        }
    }
}
