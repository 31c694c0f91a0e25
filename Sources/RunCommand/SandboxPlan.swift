import Bubblewrap
import ContainerImage
import Glibc

/// How a container's program is run: the sandbox, and the folders that must be there before.
struct SandboxPlan {
    static let defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// What a program needs that believes to be root, and no more (capabilities(7)); it holds over its own files alone.
    static let rootCapabilities = [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_SETUID", "CAP_SETGID", "CAP_SETFCAP",
        "CAP_KILL", "CAP_SYS_CHROOT", "CAP_NET_BIND_SERVICE",
    ]

    /// Files of /proc that tell of the host and its kernel, and folders alike.
    static let maskedFiles = ["kcore", "keys", "latency_stats", "sched_debug", "timer_list", "timer_stats"]
    static let maskedFolders = ["acpi", "asound", "scsi"]

    private(set) var sandbox: Sandbox
    /// Named volumes that do not exist yet.
    private(set) var newVolumes: [NewVolume] = []
    /// How it runs: the container's configuration and the options.
    let config: ContainerConfig
    /// What of the network it gets.
    let network: NetworkChoice
    private let container: Container
    private var resolver: RootResolver
    private var emulatesRoot: Bool { config.fakeroot && sandbox.user.uid == 0 }

    /// Looks everything up; makes nothing. `terminal` tells whether one of the standard streams is one.
    init(_ container: Container, _ config: ContainerConfig, arguments: [String], terminal: Bool) throws {
        self.container = container
        self.config = config
        network = config.ports.isEmpty || config.network == .host ? config.network : .isolated
        let command = config.commandLine(arguments)
        guard let program = command.first else { throw RunError.noCommand(container.configPath) }
        guard !program.isEmpty else { throw RunError.notFound("''") }
        resolver = RootResolver(rootfs: container.rootfs)
        sandbox = Sandbox(rootfs: container.rootfs, user: Sandbox.User(uid: getuid(), gid: getgid()), command: command)
        sandbox.hostname = config.hostname
        sandbox.access = config.readOnly ? .readOnly : .readWrite
        sandbox.network = network == .host ? .shared : .none
        sandbox.allowsNesting = config.nested
        sandbox.newSession = !terminal
        let home = try setUser()
        if emulatesRoot { sandbox.capabilities = Self.rootCapabilities }
        var rules: SeccompFilter.Rules = .kernel
        if terminal { rules.insert(.terminal) }
        if emulatesRoot { rules.insert(.root) }
        sandbox.filter = SeccompFilter(rules)
        try mountSystem()
        try mountRequested()
        sandbox.environment += environment(home: home, terminal: terminal)
        try setWorkingDirectory()
        try CommandSearch(
            resolver: resolver, path: sandbox.environment.last { $0.name == "PATH" }?.value ?? Self.defaultPath,
            workingDirectory: sandbox.workingDirectory, isCovered: config.ephemeral
        ).check(program)
    }

    private mutating func setUser() throws -> String? {
        let accounts = try Accounts(in: resolver)
        let named = config.user.isEmpty && config.fakeroot ? "0:0" : config.user
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
        let processes = try folder("/proc")
        mount(.processes(destination: processes))
        let devices = try folder("/dev")
        mount(.devices(destination: devices))
        // The kernel lets nobody mount a /proc of their own where parts of the one that they see are covered.
        if !config.nested { mask(processes) }
        if config.readOnly { mount(.temporary(destination: try folder("/run"), mode: 0o755)) }
        mount(.temporary(destination: try folder("/tmp"), mode: 0o1777))
        switch network {
        case .none: break
        case .host:
            for path in ["/etc/resolv.conf", "/etc/hosts"] {
                guard let source = FileSystem.realPath(path) else { continue }
                mount(.bind(source: source, destination: try file(path), .readOnly))
            }
        case .isolated:
            let files = NetworkFiles(hostname: config.hostname)
            mount(.file(content: files.resolver, destination: try file("/etc/resolv.conf")))
            mount(.file(content: files.hosts, destination: try file("/etc/hosts")))
        }
        // apt changes to a user of its own, and looks whether it really did.
        guard emulatesRoot, try resolver.resolve("/etc/apt").hostPath.flatMap(FileSystem.entry)?.kind == .folder else {
            return
        }
        let settings = "\(devices)/apt.conf"
        mount(.file(content: Array("APT::Sandbox::User \"root\";\n".utf8), destination: settings))
        sandbox.environment.append(Sandbox.Variable("APT_CONFIG", settings))
    }

    private mutating func mask(_ processes: String) {
        for name in Self.maskedFiles where FileSystem.entry("/proc/\(name)") != nil {
            mount(.bind(source: "/dev/null", destination: "\(processes)/\(name)", .readOnly))
        }
        for name in Self.maskedFolders where FileSystem.entry("/proc/\(name)") != nil {
            mount(.temporary(destination: "\(processes)/\(name)", mode: 0o555, size: 4096))
        }
    }

    /// A destination for a file.
    private func file(_ path: String) throws -> String {
        let place = try resolver.resolve(path)
        guard place.hostPath.flatMap(FileSystem.entry)?.kind != .folder else {
            throw RunError.badDestination(path, reason: "is a folder, where a file is to be mounted")
        }
        return place.path
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

    private enum Request {
        case volume(VolumeArgument)
        case temporary(TemporaryFolderArgument)
        case device(String)

        var destination: String {
            switch self {
            case .volume(let volume): volume.destination
            case .temporary(let folder): folder.destination
            case .device(let path): path
            }
        }
    }

    /// What was asked for, of equal destinations the last; shorter paths first, so that none hides another.
    private mutating func mountRequested() throws {
        var requests: [(request: Request, components: [String])] = []
        for request in config.volumes.map(Request.volume) + config.temporaryFolders.map(Request.temporary)
            + config.devices.map(Request.device)
        {
            let components = RootResolver.components(request.destination)
            requests.removeAll { $0.components == components }
            requests.append((request, components))
        }
        for depth in Set(requests.map(\.components.count)).sorted() {
            for (request, components) in requests where components.count == depth {
                switch request {
                case .volume(let volume): try mount(volume)
                case .temporary(let folder):
                    let place = try freePlace(folder.destination)
                    if let entry = place.hostPath.flatMap(FileSystem.entry), entry.kind != .folder {
                        throw RunError.badDestination(folder.destination, reason: "is no folder")
                    }
                    mount(.temporary(destination: place.path, mode: 0o1777, size: folder.size))
                case .device(let path):
                    guard RootResolver.isPlainPath(path), let source = FileSystem.realPath(path),
                        let kind = FileSystem.entry(source)?.kind, kind == .other || kind == .folder
                    else { throw RunError.noDevice(path) }
                    mount(.device(source: source, destination: try resolver.resolve(path).path))
                }
            }
        }
    }

    /// Where something is to be mounted; not over the whole rootfs, nor where the system has its own.
    private func freePlace(_ path: String) throws -> RootResolver.Place {
        let place = try resolver.resolve(path)
        let components = RootResolver.components(place.path)
        guard !components.isEmpty, !systemFolders.contains(where: components.starts) || place.path == "/dev/shm" else {
            throw RunError.badDestination(path, reason: "cannot be a volume")
        }
        return place
    }

    /// The components of /proc and /dev.
    private var systemFolders: [[String]] { sandbox.mounts.prefix(2).map { RootResolver.components($0.destination) } }

    private mutating func mount(_ volume: VolumeArgument) throws {
        let place = try freePlace(volume.destination)
        let source = try source(of: volume, over: place)
        let isFolder = FileSystem.entry(source).map { $0.kind == .folder } ?? true
        if let entry = place.hostPath.flatMap(FileSystem.entry), (entry.kind == .folder) != isFolder {
            throw RunError.badDestination(
                volume.destination,
                reason: isFolder ? "is no folder, but \(source) is" : "is a folder, but \(source) is not")
        }
        sandbox.mounts.append(.bind(source: source, destination: place.path, volume.access))
        // A new volume has nothing to look at before it is filled.
        let content = newVolumes.first { $0.path == source }?.content
        resolver.mounts.append(.bind(source: content ?? source, destination: place.path, volume.access))
    }

    private mutating func source(of volume: VolumeArgument, over place: RootResolver.Place) throws -> String {
        switch volume.source {
        case .host(let path):
            guard let source = FileSystem.realPath(path) else { throw RunError.missingSource(path) }
            return source
        case .named(let name):
            let new = NewVolume(
                path: "\(container.path)/\(ContainerFolder.volumes)/\(name)",
                content: place.hostPath.flatMap { FileSystem.entry($0)?.kind == .folder ? $0 : nil })
            if let source = FileSystem.realPath(new.path) { return source }
            if !newVolumes.contains(where: { $0.path == new.path }) { newVolumes.append(new) }
            return new.path
        }
    }

    private func environment(home: String?, terminal: Bool) -> [Sandbox.Variable] {
        var variables = [Sandbox.Variable("PATH", Self.defaultPath), Sandbox.Variable("HOME", home ?? "/")]
        if terminal, let term = FileSystem.environment("TERM") { variables.append(Sandbox.Variable("TERM", term)) }
        for entry in config.environment {
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
        let name = config.workingDirectory
        let place = try resolver.resolve(name.isEmpty ? "/" : name)
        sandbox.workingDirectory = place.path
        let entry = place.hostPath.flatMap(FileSystem.entry)
        if let entry, entry.kind != .folder {
            throw RunError.badDestination("the working directory \(name)", reason: "is no folder")
        }
        sandbox.makesWorkingDirectory =
            entry == nil && !systemFolders.contains(where: RootResolver.components(place.path).starts)
    }
}
