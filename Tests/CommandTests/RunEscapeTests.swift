import Foundation
import TestSupport
import Testing

/// A rootfs full of links that lead out, one at every place where something is mounted or made. Needs bubblewrap and a
/// static busybox.
@Suite(.enabled(if: RunContainer.isPossible)) struct RunEscapeTests {
    /// How a link leads to the victim's folder; `$V` is its absolute path.
    ///
    /// Beside it the status: a volume in `/proc` is refused, and a way through a folder that is not there leads nowhere
    /// for the program inside.
    static let targets: [(String, Int32)] = [
        ("$V", 0), ("/oldroot$V", 0), ("../../../../../../../../..$V", 0), ("/../..$V", 0),
        ("/newroot/../oldroot$V", 1), ("/proc/1/root$V", 125),
    ]

    @Test(arguments: targets)
    func staysInside(_ target: String, status: Int32) throws {
        let box = try RunContainer(config: #"{"WorkingDir":"/work/sub","Volumes":{"named:/vol/sub":{}}}"#)
        let victim = box.folder("victim")
        try FileManager.default.createDirectory(atPath: victim, withIntermediateDirectories: false)
        chmod(victim, 0o777)
        let text = target.replacing("$V", with: victim)
        try FileManager.default.removeItem(atPath: box.rootfs("/etc/group"))
        // The victim lies in /tmp: a link at /tmp or /proc that leads through itself would only be a loop.
        let places = target.hasPrefix("/oldroot") ? ["proc", "tmp", "dev", "work", "vol"] : ["dev", "work", "vol"]
        for name in places { symlink("\(text)/\(name)", box.rootfs("/\(name)")) }
        for name in ["resolv.conf", "hosts", "group"] { symlink("\(text)/\(name)", box.rootfs("/etc/\(name)")) }
        symlink("slash\u{2F}\u{301}x", box.rootfs("/combining"))
        symlink(victim, box.rootfs("/slash"))
        let result = try box.shell("pwd; echo in > /vol/sub/x", options: ["-n", "-v", "other:/combining/y"])
        #expect(result.status == status, "\(result)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: victim).isEmpty, "\(result)")
        guard status == 0 else { return }
        #expect(try String(contentsOfFile: box.folder("box/volumes/named/x"), encoding: .utf8) == "in\n")
    }

    @Test func leavesLoopsAlone() throws {
        let box = try RunContainer()
        symlink("b", box.rootfs("/a"))
        symlink("a", box.rootfs("/b"))
        let result = try box.run("-v", "x:/a/y", "box", "true")
        #expect(result.status == 125 && result.errors.contains("more than 40 symbolic links"), "\(result)")
    }

    @Test func staysInsideAVolume() throws {
        let box = try RunContainer(config: #"{"WorkingDir":"/data/link/new"}"#)
        let victim = box.folder("victim")
        try FileManager.default.createDirectory(atPath: victim, withIntermediateDirectories: false)
        chmod(victim, 0o777)
        #expect(try box.command("-v", "d:/data", "box", "true").run().status == 0)
        _ = try Program("rm", "-r", box.folder("box/volumes/d/link")).run()
        symlink("/oldroot\(victim)", box.folder("box/volumes/d/link"))
        _ = try box.run("-v", "d:/data", "-v", "e:/data/link/deep", "box", "true")
        #expect(try FileManager.default.contentsOfDirectory(atPath: victim).isEmpty)
    }

    @Test func takesNoOptionFromTheCommand() throws {
        let box = try RunContainer()
        let result = try box.command("box", "--bind", "/", "/host").run()
        #expect(result.status == 127 && result.errors == "d-run: --bind: not found in the container\n", "\(result)")
    }
}
