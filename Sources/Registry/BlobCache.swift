import ContainerImage
import Foundation
import Glibc
import Synchronization

/// What was downloaded, by its digest, shared by all pulls: `blobs/sha256/HEX`, and `HEX.part` while it is on its way;
/// and for each tag the digest that the registry named last: `tags/REGISTRY/REPOSITORY:TAG`, whose time is that of the
/// answer. A plain folder: what is missing is fetched again, so any of it may be removed at any time.
///
/// Everything gets its name by rename, and whoever reads a blob verifies it; so a killed pull or a damaged file costs
/// a download, never a wrong container. A cache that cannot be written is read, and the rest goes without it.
public final class BlobCache: Sendable {
    private struct State {
        var hasWarned = false
        var distrusted: Set<Digest> = []
    }

    /// Nil for a cache that keeps nothing.
    private let folder: String?
    private let warning: @Sendable (String) -> Void
    private let notice: @Sendable (String) -> Void
    private let state = Mutex(State())

    /// Keeps blobs in `folder`, which is made if it is missing. `warn` is told, once, when it cannot be written, `note`
    /// when another process has to be waited for.
    public init(
        folder: String, warn: @escaping @Sendable (String) -> Void = { _ in },
        note: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.folder = folder
        warning = warn
        notice = note
        for path in Self.algorithmFolders(folder) {
            do {
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            } catch {
                self.warn("it cannot be made")
            }
            if unsafe access(path, W_OK | X_OK) != 0 { self.warn(Blob.words(errno)) }
        }
    }

    private init() {
        folder = nil
        warning = { _ in }
        notice = { _ in }
    }

    /// A cache that keeps nothing: blobs are files without a name, gone with the process.
    public static let none = BlobCache()

    /// `$XDG_CACHE_HOME/d-utils`, else `~/.cache/d-utils`; nil when neither variable is set.
    public static func defaultFolder(environment: [String: String]) -> String? {
        BaseFolder.cache.path(in: environment).map { $0 + "/d-utils" }
    }

    /// Removes what was not used for so many days. What cannot be removed stays.
    public func removeUnused(days: Int) {
        guard let folder else { return }
        let oldest = time(nil) - days * 86_400
        for path in Self.algorithmFolders(folder) + ["\(folder)/tags"] {
            for name in FileManager.default.enumerator(atPath: path) ?? .init() {
                var status = stat()
                guard unsafe lstat("\(path)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG,
                    status.st_mtim.tv_sec < oldest
                else { continue }
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
        guard let path = path(of: digest), let bytes = Self.contents(path, limit: RegistryClient.configLimit),
            Digest(of: bytes, digest.algorithm) == digest
        else { return nil }
        unsafe utimensat(AT_FDCWD, path, nil, 0)
        return bytes
    }

    /// Keeps a verified document. A cache that is full or has become read-only is no reason to fail.
    func keep(_ bytes: [UInt8], as digest: Digest) {
        if let path = path(of: digest) { write(bytes, to: path) }
    }

    // MARK: Tags

    /// Keeps what a tag meant just now.
    func keepTag(of reference: Reference, _ digest: Digest) {
        guard let path = path(ofTag: reference) else { return }
        try? FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        write(Array("\(digest)\n".utf8), to: path)
    }

    /// What a tag meant when the registry was asked last, and when that was.
    func tag(of reference: Reference) -> (digest: Digest, answered: Date)? {
        var status = stat()
        guard let path = path(ofTag: reference), let bytes = Self.contents(path, limit: 200),
            let digest = try? Digest(parsing: String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)),
            unsafe stat(path, &status) == 0
        else { return nil }
        return (digest, Date(timeIntervalSince1970: Double(status.st_mtim.tv_sec)))
    }

    /// Names hold no colon, so a tag's file is never in the way of another name's folder.
    private func path(ofTag reference: Reference) -> String? {
        folder.map { "\($0)/tags/\(reference.registry)/\(reference.repository):\(reference.tag ?? "latest")" }
    }

    // MARK: Trouble

    /// Tells, once, that the cache cannot take something.
    func warn(_ reason: String) {
        let isFirst = state.withLock { state in
            defer { state.hasWarned = true }
            return !state.hasWarned
        }
        if isFirst, let folder { warning("the cache '\(folder)': \(reason); going on without it") }
    }

    /// Tells something that is no trouble.
    func note(_ text: String) { notice(text) }

    /// A blob that is wrong and cannot be removed is not taken again.
    func distrust(_ digest: Digest) { state.withLock { _ = $0.distrusted.insert(digest) } }

    func distrusts(_ digest: Digest) -> Bool { state.withLock { $0.distrusted.contains(digest) } }

    // MARK: Files

    private static func algorithmFolders(_ folder: String) -> [String] {
        Digest.Algorithm.allCases.map { "\(folder)/blobs/\($0.rawValue)" }
    }

    private func write(_ bytes: [UInt8], to path: String) {
        let temporary = "\(path).\(getpid()).part"
        guard FileManager.default.createFile(atPath: temporary, contents: Data(bytes)),
            unsafe rename(temporary, path) == 0
        else {
            unsafe unlink(temporary)
            return
        }
    }

    private static func contents(_ path: String, limit: Int64) -> [UInt8]? {
        guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? handle.close() }
        guard let data = try? handle.read(upToCount: Int(limit) + 1), data.count <= limit else { return nil }
        return [UInt8](data)
    }
}
