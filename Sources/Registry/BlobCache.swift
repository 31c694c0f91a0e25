public import ContainerImage
import Foundation
import Glibc

/// Downloaded blobs by their digest, shared by all pulls: `blobs/sha256/HEX`, and `HEX.part` while one is on its way.
/// A plain folder: what is missing is fetched again, so any of it may be removed at any time.
public struct BlobCache: Sendable {
    /// Nil for a cache that keeps nothing.
    private let folder: String?

    /// Keeps blobs in `folder`, which is made if it is missing. Throws `RegistryError.file` when it cannot be written.
    public init(folder: String) throws {
        self.folder = folder
        for algorithm in Digest.Algorithm.allCases {
            let path = "\(folder)/blobs/\(algorithm.rawValue)"
            do {
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            } catch {
                throw RegistryError.file(path, reason: "the cache's folder cannot be made; --no-cache does without it")
            }
            guard unsafe access(path, W_OK | X_OK) == 0 else {
                throw RegistryError.file(path, reason: "the cache cannot be written; --no-cache does without it")
            }
        }
    }

    private init() {
        folder = nil
    }

    /// A cache that keeps nothing: blobs are files without a name, gone with the process.
    public static let none = BlobCache()

    /// `$XDG_CACHE_HOME/d-utils`, else `~/.cache/d-utils`. Throws `RegistryError` when neither variable is set.
    public static func defaultFolder(environment: [String: String]) throws -> String {
        if let folder = environment["XDG_CACHE_HOME"], folder.hasPrefix("/") { return folder + "/d-utils" }
        guard let home = environment["HOME"], home.hasPrefix("/") else {
            throw RegistryError.file(
                "~/.cache/d-utils", reason: "HOME and XDG_CACHE_HOME are unset; set one of them or use --no-cache")
        }
        return home + "/.cache/d-utils"
    }

    /// Removes blobs that were not used for so many days. What cannot be removed stays.
    public func removeUnused(days: Int) {
        guard let folder else { return }
        let oldest = time(nil) - days * 86_400
        for algorithm in Digest.Algorithm.allCases {
            let path = "\(folder)/blobs/\(algorithm.rawValue)"
            for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
                var status = stat()
                guard unsafe lstat("\(path)/\(name)", &status) == 0, status.st_mtim.tv_sec < oldest else { continue }
                unsafe unlink("\(path)/\(name)")
            }
        }
    }

    /// The path of a blob; nil when nothing is kept.
    func path(of digest: Digest) -> String? {
        folder.map { "\($0)/blobs/\(digest.algorithm.rawValue)/\(digest.hex)" }
    }

    /// A document that is kept here and is right; nil otherwise.
    func document(_ digest: Digest) -> [UInt8]? {
        guard let path = path(of: digest), let data = FileManager.default.contents(atPath: path) else { return nil }
        let bytes = [UInt8](data)
        guard Digest(of: bytes, digest.algorithm) == digest else { return nil }
        unsafe utimensat(AT_FDCWD, path, nil, 0)
        return bytes
    }

    /// Keeps a verified document. A cache that is full or has become read-only is no reason to fail.
    func keep(_ bytes: [UInt8], as digest: Digest) {
        guard let path = path(of: digest) else { return }
        let temporary = "\(path).\(getpid()).part"
        guard FileManager.default.createFile(atPath: temporary, contents: Data(bytes)) else { return }
        if unsafe rename(temporary, path) != 0 { unsafe unlink(temporary) }
    }

    /// Notes that an image was pulled, for the shells to complete: `references`, the last hundred, the newest first,
    /// each as people type it.
    public func remember(_ reference: Reference) {
        guard let folder else { return }
        let text = reference.description
        let short = ["docker.io/library/", "docker.io/"].first(where: text.hasPrefix).map { text.dropFirst($0.count) }
        let line = short.map(String.init) ?? text
        let known = FileManager.default.contents(atPath: folder + "/references") ?? Data()
        let others = String(decoding: known, as: UTF8.self).split(separator: "\n").filter { $0 != line }.prefix(99)
        let lines = ([line[...]] + others).joined(separator: "\n") + "\n"
        try? Data(lines.utf8).write(to: URL(filePath: folder + "/references"), options: .atomic)
    }

    /// A file without a name, for a cache that keeps nothing.
    static func temporaryFile() throws -> CInt {
        let folder = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/var/tmp"
        for candidate in [folder, "/tmp", "."] {
            var template = Array("\(candidate)/d-utils-XXXXXX".utf8CString)
            let descriptor = unsafe mkstemp(&template)
            guard descriptor >= 0 else { continue }
            unsafe unlink(template)
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            return descriptor
        }
        throw RegistryError.file(folder, reason: "no temporary file can be made; set TMPDIR")
    }
}
