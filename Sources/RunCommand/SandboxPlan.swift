import Bubblewrap
import Glibc

/// How a container's program is run: the sandbox, and the folders that must be there before.
struct SandboxPlan {
    static let defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    private(set) var sandbox: Sandbox
    /// Folders of named volumes that do not exist yet.
    private(set) var missingFolders: [String] = []
    private let container: Container
    private let options: RunOptions
    private var resolver: RootResolver

    /// Looks everything up; makes nothing. `terminal` tells whether one of the standard streams is one.
    init(_ container: Container, _ options: RunOptions, terminal: Bool) throws {
        self.container = container
        self.options = options
        let config = container.config
        let command = config.commandLine(options.command)
        guard let program = command.first else { throw RunError.noCommand(container.configPath) }
        guard !program.isEmpty else { throw RunError.notFound("''") }
        resolver = RootResolver(rootfs: container.rootfs)
        sandbox = Sandbox(rootfs: container.rootfs, user: Sandbox.User(uid: getuid(), gid: getgid()), command: command)
        sandbox.hostname = config.hostname
        sandbox.access = config.readOnly || options.readOnly ? .readOnly : .readWrite
        sandbox.network = config.network || options.network ? .host : .none
        sandbox.terminalGuard = terminal ? .filter(descriptor: BubblewrapProcess.filterDescriptor) : .newSession
        let home = try setUser()
        try mountSystem()
        try mountVolumes()
        sandbox.environment = environment(home: home, terminal: terminal)
        try setWorkingDirectory()
        try CommandSearch(
            resolver: resolver, path: sandbox.environment.last { $0.name == "PATH" }?.value ?? Self.defaultPath,
            workingDirectory: sandbox.workingDirectory
        ).check(program)
    }

    private mutating func setUser() throws -> String? {
        let accounts = try Accounts(in: resolver)
        let named = options.user ?? (options.fakeroot || container.config.fakeroot ? "0:0" : container.config.user)
        guard !named.isEmpty else { return accounts.home(of: sandbox.user.uid) }
        let identity = try accounts.identity(of: named)
        sandbox.user = identity.user
        return identity.home ?? (identity.user.uid == 0 ? "/root" : nil)
    }

    private mutating func mount(_ mount: Mount) {
        sandbox.mounts.append(mount)
        resolver.mounts.append(mount)
    }

    private mutating func mountSystem() throws {
        mount(.processes(destination: try folder("/proc")))
        mount(.devices(destination: try folder("/dev")))
        mount(.temporary(destination: try folder("/tmp"), mode: 0o1777))
        guard sandbox.network == .host else { return }
        for path in ["/etc/resolv.conf", "/etc/hosts"] {
            guard let source = FileSystem.realPath(path) else { continue }
            let place = try resolver.resolve(path)
            guard place.hostPath.flatMap(FileSystem.entry)?.kind != .folder else {
                throw RunError.badDestination(path, reason: "is a folder, where the host's file is to be mounted")
            }
            mount(.bind(source: source, destination: place.path, .readOnly))
        }
    }

    /// A destination for a folder. Throws where something else is, or where the whole rootfs would vanish.
    private func folder(_ path: String) throws -> String {
        let place = try resolver.resolve(path)
        guard place.path != "/" else { throw RunError.badDestination(path, reason: "leads to the root folder") }
        if let entry = place.hostPath.flatMap(FileSystem.entry), entry.kind != .folder {
            throw RunError.badDestination(path, reason: "is no folder")
        }
        return place.path
    }

    /// Config's volumes and the user's, which win; shorter paths first, so that none hides another.
    private mutating func mountVolumes() throws {
        var volumes: [(volume: VolumeArgument, depth: Int)] = []
        for volume in container.config.volumes + options.volumes {
            let components = RootResolver.components(volume.destination)
            volumes.removeAll { RootResolver.components($0.volume.destination) == components }
            volumes.append((volume, components.count))
        }
        for depth in Set(volumes.map(\.depth)).sorted() {
            for (volume, _) in volumes where depth == RootResolver.components(volume.destination).count {
                try mount(volume)
            }
        }
    }

    private mutating func mount(_ volume: VolumeArgument) throws {
        let source = try source(of: volume)
        let place = try resolver.resolve(volume.destination)
        let system = sandbox.mounts.prefix(2).map { RootResolver.components($0.destination) }
        let components = RootResolver.components(place.path)
        guard !components.isEmpty, !system.contains(where: components.starts) || place.path == "/dev/shm" else {
            throw RunError.badDestination(volume.destination, reason: "cannot be a volume")
        }
        let isFolder = FileSystem.entry(source).map { $0.kind == .folder } ?? true
        if let entry = place.hostPath.flatMap(FileSystem.entry), (entry.kind == .folder) != isFolder {
            throw RunError.badDestination(
                volume.destination,
                reason: isFolder ? "is no folder, but \(source) is" : "is a folder, but \(source) is not")
        }
        mount(.bind(source: source, destination: place.path, volume.access))
    }

    private mutating func source(of volume: VolumeArgument) throws -> String {
        switch volume.source {
        case .host(let path):
            guard let source = FileSystem.realPath(path) else { throw RunError.missingSource(path) }
            return source
        case .named(let name):
            let path = "\(container.path)/volumes/\(name)"
            if let source = FileSystem.realPath(path) { return source }
            if !missingFolders.contains(path) { missingFolders.append(path) }
            return path
        }
    }

    private func environment(home: String?, terminal: Bool) -> [Sandbox.Variable] {
        var variables = [Sandbox.Variable("PATH", Self.defaultPath), Sandbox.Variable("HOME", home ?? "/")]
        if terminal, let term = FileSystem.environment("TERM") { variables.append(Sandbox.Variable("TERM", term)) }
        for entry in container.config.environment {
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let name = parts.first, !name.isEmpty,
                let value = parts.count == 2 ? parts[1] : FileSystem.environment(name)
            else { continue }
            variables.removeAll { $0.name == name }
            variables.append(Sandbox.Variable(name, value))
        }
        return variables
    }

    /// Bwrap makes a missing working directory, but not in what it mounts from memory for the system.
    private mutating func setWorkingDirectory() throws {
        let name = container.config.workingDirectory
        let place = try resolver.resolve(name.isEmpty ? "/" : name)
        sandbox.workingDirectory = place.path
        let entry = place.hostPath.flatMap(FileSystem.entry)
        if let entry, entry.kind != .folder {
            throw RunError.badDestination("WorkingDir \(name)", reason: "is no folder")
        }
        let system = sandbox.mounts.prefix(2).map { RootResolver.components($0.destination) }
        sandbox.makesWorkingDirectory =
            entry == nil && !system.contains(where: RootResolver.components(place.path).starts)
    }
}
