import Foundation

/// podman and buildah with a storage of their own in a test's folder.
public struct ContainerStorage: Sendable {
    private let folder: TemporaryFolder

    /// A storage that is empty.
    public init(in folder: TemporaryFolder) {
        self.folder = folder
    }

    /// Whether a program is there and works here: both want namespaces and mounts that some machines forbid.
    public static func works(_ name: String) -> Bool {
        guard Program.exists(name), geteuid() == 0, let folder = try? TemporaryFolder() else { return false }
        return (try? ContainerStorage(in: folder).run(name, "images")) != nil
    }

    /// Runs `podman` or `buildah` and returns its output. Throws when it fails.
    @discardableResult
    public func run(_ name: String, _ arguments: String...) throws -> String {
        let words =
            [name, "--root", folder("storage"), "--runroot", folder("run"), "--storage-driver", "vfs"] + arguments
        let result = try Program(words).inFolder(folder.path).run()
        guard result.status == 0 else { throw Program.Failure(description: "\(words): \(result)") }
        return result.output
    }
}
