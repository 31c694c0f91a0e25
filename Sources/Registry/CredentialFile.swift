import ContainerImage
import Foundation
import Glibc

/// A file with credentials, docker's `config.json` or the `auth.json` of the containers tools.
///
/// Both hold `auths`, entries by registry, and may name programs that keep the secrets elsewhere: `credHelpers` for
/// some registries, `credsStore` for all (https://docs.docker.com/reference/cli/docker/login/#credential-stores).
struct CredentialFile {
    private static let sizeLimit = 1 << 20

    let path: String
    private(set) var document = JSON.object([])

    /// Reads a file; one that is missing is empty. Throws `RegistryError.file`.
    init(path: String) throws(RegistryError) {
        self.path = path
        guard unsafe access(path, F_OK) == 0 else { return }
        guard let file = FileHandle(forReadingAtPath: path), let data = try? file.read(upToCount: Self.sizeLimit) else {
            throw .file(path, reason: "it cannot be read")
        }
        do {
            if !data.isEmpty { document = try JSON(parsing: [UInt8](data)) }
            _ = try JSONField(document).members()
            _ = try JSONField(document)["auths"].members()
        } catch {
            throw .file(path, reason: "\(error)")
        }
    }

    /// The program that keeps the secret for a registry.
    func helper(for registry: String) -> CredentialHelper? {
        let helpers = try? JSONField(document)["credHelpers"].members()
        let own = helpers?.last { RegistryName.canonical($0.key) == registry }?.field
        let name = (try? own?.string()) ?? (try? JSONField(document)["credsStore"].string()) ?? ""
        return name.isEmpty ? nil : CredentialHelper(name: name, file: path)
    }

    /// The entry for a repository with the longest name that fits: of its registry, or of a part of that.
    func credentials(registry: String, repository: String) throws(JSONError) -> Credentials? {
        let whole = "\(registry)/\(repository)/"
        let fitting = try entries.filter { whole.hasPrefix($0.name + "/") }
        for entry in fitting.sorted(by: { $0.name.utf8.count > $1.name.utf8.count }) {
            if let credentials = try credentials(in: entry.field) { return credentials }
        }
        return nil
    }

    /// Whether there is an entry for the registry as a whole.
    func hasEntry(for registry: String) -> Bool { (try? entries.contains { $0.name == registry }) ?? false }

    /// Replaces the entries for a registry by one, or by none; all else is kept.
    mutating func replace(_ registry: String, by entry: JSON?) {
        var members: [JSON.Member] = []
        if case .object(let all) = document["auths"] { members = all }
        members.removeAll { RegistryName.canonical($0.key) == registry }
        if let entry { members.append(JSON.Member(RegistryName.key(for: registry), entry)) }
        guard case .object(var top) = document else { return }
        top.removeAll { $0.key == "auths" }
        document = .object(top + [JSON.Member("auths", .object(members))])
    }

    /// Writes the file for its owner alone, whole or not at all. Throws `RegistryError.file`.
    func write() throws(RegistryError) {
        // A link is kept, and what it leads to is replaced.
        let target = URL(filePath: path).resolvingSymlinksInPath().path(percentEncoded: false)
        let folder = URL(filePath: target).deletingLastPathComponent().path(percentEncoded: false)
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let temporary = "\(target).\(getpid()).new"
        unsafe unlink(temporary)
        let file = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw .file(path, reason: Blob.words(errno)) }
        let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
        do {
            try handle.write(contentsOf: Data((document.prettyPrinted + "\n").utf8))
            try handle.synchronize()
            guard unsafe rename(temporary, target) == 0 else {
                throw RegistryError.file(path, reason: Blob.words(errno))
            }
        } catch {
            unsafe unlink(temporary)
            throw error as? RegistryError ?? .file(path, reason: "it cannot be written")
        }
    }

    private var entries: [(name: String, field: JSONField)] {
        get throws(JSONError) {
            try (JSONField(document)["auths"].members() ?? []).map { (RegistryName.canonical($0.key), $0.field) }
        }
    }

    /// What an entry says; nil for an empty one, which a helper leaves behind.
    private func credentials(in entry: JSONField) throws(JSONError) -> Credentials? {
        var user = try entry["username"].string() ?? ""
        var password = try entry["password"].string() ?? ""
        if let auth = try entry["auth"].string(), !auth.isEmpty {
            guard let data = Data(base64Encoded: auth) else { throw entry["auth"].invalid("it is not base64") }
            let parts = String(decoding: data, as: UTF8.self).split(
                separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw entry["auth"].invalid("it holds no user and password") }
            (user, password) = (String(parts[0]), parts[1].trimmingCharacters(in: ["\0"]))
        }
        let source = "'\(path)'"
        if let token = try entry["identitytoken"].string(), !token.isEmpty {
            return Credentials(
                user: user.isEmpty ? Credentials.tokenUser : user, secret: .identityToken(token), source: source)
        }
        return user.isEmpty ? nil : Credentials(user: user, secret: password, source: source)
    }
}
