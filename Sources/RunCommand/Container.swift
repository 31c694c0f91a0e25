import ContainerImage

/// A container's folder: `rootfs/`, `config.json` and, when needed, `volumes/`.
struct Container {
    static let configSizeLimit = 4 << 20

    /// The absolute path, without links.
    let path: String
    let rootfs: String
    let config: ContainerConfig

    var configPath: String { "\(path)/config.json" }

    /// Opens a folder. Throws `RunError.noContainer` or `.badConfig`.
    init(at folder: String) throws {
        guard let path = FileSystem.realPath(folder) else { throw RunError.noContainer(folder, missing: "folder") }
        guard let rootfs = FileSystem.realPath("\(path)/rootfs"), FileSystem.entry(rootfs)?.kind == .folder else {
            throw RunError.noContainer(folder, missing: "rootfs folder")
        }
        guard let configPath = FileSystem.realPath("\(path)/config.json") else {
            throw RunError.noContainer(folder, missing: "config.json")
        }
        guard let text = FileSystem.contents(of: configPath, sizeLimit: Self.configSizeLimit) else {
            throw RunError.badConfig(
                file: "\(folder)/config.json",
                reason: "not a readable file of at most \(Self.configSizeLimit) bytes")
        }
        self.path = path
        self.rootfs = rootfs
        do {
            config = try ContainerConfig(JSON(parsing: text))
        } catch {
            throw RunError.badConfig(file: "\(folder)/config.json", reason: "\(error)")
        }
    }
}
