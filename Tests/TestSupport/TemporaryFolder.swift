import Foundation

/// A folder of a test's own that goes when the test is over. Ordinary users may enter it and write there.
public final class TemporaryFolder: Sendable {
    /// Its absolute path.
    public let path: String

    /// Makes the folder below the system's temporary one, or in memory where the system has a place for that.
    public init(inMemory: Bool = false) throws {
        let memory = URL(filePath: "/dev/shm", directoryHint: .isDirectory)
        let isInMemory = inMemory && access("/dev/shm", W_OK) == 0
        let url = (isInMemory ? memory : FileManager.default.temporaryDirectory.resolvingSymlinksInPath())
            .appending(path: "d-utils-test-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path(percentEncoded: false)
        guard chmod(path, 0o1777) == 0 else { throw CocoaError(.fileWriteNoPermission) }
    }

    deinit {
        // `rm` rather than FileManager: it deals with everything that an image can hold. Folders without permissions
        // are opened first, for a suite that runs as an ordinary user.
        _ = try? Program("/bin/chmod", "-R", "u+rwX", path).run()
        _ = try? Program("/bin/rm", "-rf", path).run()
    }

    /// The path of something inside.
    public func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a text file inside and returns its path.
    @discardableResult
    public func write(_ text: String, to name: String) throws -> String {
        let path = self(name)
        try FileManager.default.createDirectory(
            at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }
}
