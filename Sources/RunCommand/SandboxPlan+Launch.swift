import Bubblewrap
import Glibc

extension SandboxPlan {
    /// What is done around bwrap. Throws where something that it needs is missing.
    func launch() throws -> Launch {
        var launch = Launch(parent: getpid(), group: getpgrp())
        // Under Ubuntu's rule the namespace is made but powerless; there bwrap alone may have a profile.
        let refusal = UserNamespaces.likelyRefusal
        launch.nests = refusal == nil
        launch.ownsNetwork = launch.nests && network != .host
        if network == .isolated {
            if let refusal { throw refusal }
            guard let pasta = FileSystem.search("pasta") else { throw RunError.noPasta }
            try Pasta.check(config.ports)
            launch.pasta = Pasta.words(path: pasta, ports: config.ports, isRoot: geteuid() == 0)
        }
        if config.ephemeral {
            if let refusal { throw refusal }
            launch.overlay = sandbox.rootfs
        }
        launch.limits = config.limits
        if !config.groupLimits.files.isEmpty {
            try GroupLimits.check(isRoot: geteuid() == 0)
            launch.groupFiles = config.groupLimits.files
        }
        launch.stop = config.stopSignal
        launch.stopTimeout = config.stopTimeout
        return launch
    }

    /// What makes the control group, to stand before all else. Its processes that are not the container's: d-run's second
    /// start, bwrap, bwrap's child that is the container's init, and pasta.
    var groupWords: [String] {
        config.groupLimits.words(isRoot: geteuid() == 0, helpers: network == .isolated ? 4 : 3)
    }

    /// The sandbox as bwrap makes it, which leaves the network alone that was made around it.
    func sandbox(in launch: Launch) -> Sandbox {
        var sandbox = sandbox
        if launch.ownsNetwork { sandbox.network = .shared }
        return sandbox
    }
}
