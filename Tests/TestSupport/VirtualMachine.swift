import Foundation

/// A Debian with systemd on a kernel of its own, made once by `Fixtures/machine/make.sh`: control groups of version 2,
/// sessions of logind, a manager for an ordinary user's units.
public enum VirtualMachine {
    private static let folder = "/var/tmp/d-utils-tests/debian-machine"

    /// Whether this machine has the other or can make it, and can run it. It needs no KVM.
    public static var isPossible: Bool {
        ["qemu-system-x86_64", "mke2fs"].allSatisfy(Program.exists)
            && (access("\(folder)/machine", R_OK) == 0 || geteuid() == 0 && Program.exists("mmdebstrap"))
    }

    private static let made = Result { try MadeOnce.path("machine", in: folder, by: "machine/make.sh") }

    /// What a script of bash writes as root, with a copy of `payload` as its folder.
    public static func run(_ script: String, payload: TemporaryFolder) throws -> String {
        let machine = try made.get()
        try payload.write("cd /payload\n" + script, to: "start")
        let work = try TemporaryFolder()
        let disk = work("disk")
        let format = try Program("mke2fs", "-q", "-t", "ext4", "-d", payload.path, disk, "1G").run()
        guard format.status == 0 else { throw Program.Failure(description: "mke2fs: \(format)") }
        var program = Program(
            "qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "1", "-m", "1G",
            "-nographic", "-nodefaults", "-no-reboot", "-kernel", "\(machine)/kernel", "-initrd", "\(machine)/initrd",
            "-append", "root=/dev/vda rw console=ttyS0 quiet", "-serial", "file:\(work("console"))", "-serial",
            "file:\(work("output"))", "-drive", "file=\(machine)/disk,format=raw,if=virtio,snapshot=on", "-drive",
            "file=\(disk),format=raw,if=virtio")
        program.limit = 1800
        let result = try program.run()
        let output = try String(contentsOfFile: work("output"), encoding: .utf8)
        guard result.status == 0, !output.isEmpty else {
            let console = try? String(contentsOfFile: work("console"), encoding: .utf8)
            throw Program.Failure(description: "\(result)\n\(console ?? "")")
        }
        return output
    }
}
