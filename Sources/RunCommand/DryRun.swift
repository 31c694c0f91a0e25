import Bubblewrap
import Glibc

/// The command for bash that does what d-run would do.
struct DryRun {
    let plan: SandboxPlan

    init(_ plan: SandboxPlan) { self.plan = plan }

    var text: String {
        let limits = plan.config.limits.map { "--\($0.text)" }
        let before = (limits.isEmpty ? [] : ["prlimit"] + limits) + plan.groupWords + around
        let command = around.isEmpty ? bubblewrap : ShellWord.quote(preparation + "exec " + bubblewrap)
        return (plan.newVolumes.map(\.shellText) + [(before.map(ShellWord.quote) + [command]).joined(separator: " ")])
            .joined(separator: " && ")
    }

    /// bwrap with what it reads as process substitutions.
    private var bubblewrap: String {
        var sandbox = plan.sandbox
        if plan.network == .isolated { sandbox.network = .shared }
        let arguments = BubblewrapArguments(sandbox)
        let words = ["env", "-i", FileSystem.search("bwrap") ?? "bwrap"] + arguments.arguments
        let inputs = arguments.inputs.map { " \($0.descriptor)< <(printf '\(Self.escape($0.content))')" }
        return words.map(ShellWord.quote).joined(separator: " ") + inputs.joined()
    }

    /// What makes namespaces around bwrap, where something has to be done in them first; ends with a shell.
    private var around: [String] {
        var words: [String] = []
        if plan.network == .isolated {
            words = Pasta.words(
                path: FileSystem.search("pasta") ?? "pasta", ports: plan.config.ports, isRoot: geteuid() == 0)
            // pasta starts its program in a pid namespace, which the old /proc does not show.
            words += ["--", "unshare", "--mount-proc"]
        } else if plan.config.ephemeral {
            words = ["unshare", "--user", "--map-root-user", "--mount"]
        }
        return words.isEmpty ? [] : words + ["bash", "-c"]
    }

    /// What is done before bwrap, in the namespaces around it.
    private var preparation: String {
        var steps: [String] = []
        if plan.network == .isolated { steps.append("echo 0 > /proc/sys/net/ipv4/ip_unprivileged_port_start") }
        if plan.config.ephemeral {
            // The covered folder is still reached as the working directory.
            let rootfs = ShellWord.quote(plan.sandbox.rootfs)
            steps += [
                "cd \(rootfs)", "mount -t tmpfs tmpfs \(rootfs)", "exec 9< \(rootfs)",
                "mkdir /proc/self/fd/9/upper /proc/self/fd/9/work", "chmod --reference=. /proc/self/fd/9/upper",
                "mount -t overlay -o lowerdir=.,upperdir=/proc/self/fd/9/upper,workdir=/proc/self/fd/9/work,userxattr"
                    + " overlay \(rootfs)",
                "cd /", "exec 9<&-",
            ]
        }
        return steps.map { $0 + " && " }.joined()
    }

    /// Bytes in single quotes as printf reads them.
    private static func escape(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: " "),
                UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "/"):
                String(UnicodeScalar(byte))
            default: "\\x" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16)
            }
        }.joined()
    }
}
