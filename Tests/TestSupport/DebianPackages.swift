import Foundation

/// Where this machine's Debian packages come from, for a Debian in a container.
public enum DebianPackages {
    /// Whether this machine is of the image's version and its package archive answers. Nothing of the machine's own
    /// package lists is touched.
    public static let areReachable: Bool = {
        let release = (try? String(contentsOfFile: "/etc/os-release", encoding: .utf8)) ?? ""
        guard release.contains("VERSION_CODENAME=bookworm"), Program.exists("apt-get"),
            let folder = try? TemporaryFolder(), (try? Program("mkdir", "-p", folder("lists/partial")).run()) != nil
        else { return false }
        var update = Program(
            "apt-get", "update", "-qq", "-o", "Dir::State::lists=\(folder("lists"))", "-o", "APT::Sandbox::User=root",
            "-o", "Dir::Cache::pkgcache=", "-o", "Dir::Cache::srcpkgcache=", "-o", "APT::Update::Error-Mode=any")
        update.limit = 120
        return (try? update.run().status) == 0
    }()

    /// Copies this machine's sources of Debian, their keys and its settings for fetching into a rootfs.
    public static func configure(_ rootfs: String) throws {
        let script = """
            cd "$0/etc/apt"; : > sources.list
            cp $(grep -ls 'bookworm.*main\\|^Suites:.*bookworm' /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources) sources.list.d
            cp $(grep -l Acquire:: /etc/apt/apt.conf.d/*) apt.conf.d; mkdir -p trusted.gpg.d ../../usr/share/keyrings
            cp -r /etc/apt/trusted.gpg.d/. trusted.gpg.d; cp /usr/share/keyrings/debian-archive-* ../../usr/share/keyrings
            chmod -R a+rX . ../../usr/share/keyrings
            """
        let result = try Program("sh", "-c", script, rootfs).run()
        guard access("\(rootfs)/etc/apt/sources.list.d", R_OK) == 0 else {
            throw Program.Failure(description: "\(result)")
        }
    }
}
