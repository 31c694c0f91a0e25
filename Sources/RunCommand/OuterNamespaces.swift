import Glibc

/// Namespaces around bwrap. A user and a pid namespace always, in which bwrap is process 1: the kernel shields that one
/// from the terminal's signals, and Ctrl-C, which reaches the whole process group, would else end bwrap, and with it the
/// command in the middle of its own cleanup. The network too where it is not the host's, for whom bwrap makes lacks the
/// right over it that ports below 1024 need; and the mounts for an overlay.
enum OuterNamespaces {
    /// Makes the namespaces; the next child is process 1 in them. False where the system forbids it, with nothing done,
    /// and bwrap can do without.
    static func enter(_ launch: Launch) throws -> Bool {
        let (uid, gid) = (getuid(), getgid())
        var kinds: [Namespace] = [.user, .pid]
        if launch.ownsNetwork { kinds.append(.net) }
        if launch.overlay != nil { kinds.append(.mnt) }
        guard unshareNamespaces(kinds.reduce(0) { $0 | $1.rawValue }) == 0 else {
            guard launch.ownsNetwork || launch.overlay != nil else { return false }
            throw RunError.systemCall("unshare", subject: "namespaces", reason: FileSystem.lastError)
        }
        Trampoline.dieWithParent(launch.parent)
        try write("deny", to: "/proc/self/setgroups")
        try write("\(uid) \(uid) 1", to: "/proc/self/uid_map")
        try write("\(gid) \(gid) 1", to: "/proc/self/gid_map")
        if launch.ownsNetwork {
            try write("0", to: "/proc/sys/net/ipv4/ip_unprivileged_port_start")
            try startLoopback()
        }
        if let rootfs = launch.overlay { try cover(rootfs) }
        return true
    }

    private static func write(_ text: String, to path: String) throws {
        let descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
        defer { close(descriptor) }
        guard descriptor >= 0, unsafe Glibc.write(descriptor, text, text.utf8.count) == text.utf8.count else {
            throw RunError.systemCall("write", subject: path, reason: FileSystem.lastError)
        }
    }

    /// A new network's loopback is down. `struct ifreq`: the name in 16 bytes, the flags, 40 bytes in all.
    private static func startLoopback() throws {
        let descriptor = socket(AF_INET, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var request = Array("lo".utf8) + [UInt8](repeating: 0, count: 38)
        request[16] = 0x41  // IFF_UP | IFF_RUNNING
        guard unsafe ioctl(descriptor, 0x8914 /* SIOCSIFFLAGS */, &request) == 0 else {
            throw RunError.systemCall("ioctl SIOCSIFFLAGS", subject: "lo", reason: FileSystem.lastError)
        }
    }

    /// Mounts an overlay over a rootfs whose upper layer lies in memory. Descriptors stand for the paths, which may hold
    /// what the options of mount(2) give a meaning to; and only through one is the covered folder still reached.
    private static func cover(_ rootfs: String) throws {
        let lower = try openFolder(rootfs)
        var status = stat()
        guard unsafe fstat(lower, &status) == 0 else {
            throw RunError.systemCall("fstat", subject: rootfs, reason: FileSystem.lastError)
        }
        try mount("tmpfs", on: rootfs, "mode=0755")
        let memory = try openFolder(rootfs)
        for (name, mode) in [("upper", status.st_mode & 0o7777), ("work", 0o755)] {
            guard unsafe mkdirat(memory, name, mode) == 0, unsafe fchmodat(memory, name, mode, 0) == 0 else {
                throw RunError.systemCall("mkdir", subject: name, reason: FileSystem.lastError)
            }
        }
        let upper = "/proc/self/fd/\(memory)"
        try mount(
            "overlay", on: rootfs,
            "lowerdir=/proc/self/fd/\(lower),upperdir=\(upper)/upper,workdir=\(upper)/work,userxattr")
    }

    private static func openFolder(_ path: String) throws -> CInt {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw RunError.systemCall("open", subject: path, reason: FileSystem.lastError) }
        return descriptor
    }

    private static func mount(_ type: String, on path: String, _ options: String) throws {
        guard unsafe mountFileSystem(type, path, type, 0, options) == 0 else {
            throw RunError.systemCall("mount \(type)", subject: path, reason: FileSystem.lastError)
        }
    }
}
