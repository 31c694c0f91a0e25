import Foundation
import TestSupport
import Testing

/// What an image's configuration asks for does not reach the host, pulled and run as a user would. Needs bubblewrap, a
/// static busybox and python3.
@Suite(.enabled(if: RunContainer.isPossible && Program.exists("python3"), "needs bwrap, /bin/busybox and python3"))
struct HostileConfigTests {
    private let folder: TemporaryFolder
    /// A file of the host that no container may see, in a folder where a container could write.
    private let victim: String

    init() throws {
        folder = try TemporaryFolder()
        victim = folder("victim")
        try folder.write("secret\n", to: "victim/file")
        chmod(victim, 0o777)
    }

    struct Case: CustomTestStringConvertible {
        let testDescription: String
        /// `$V` is the victim's folder.
        let config: String
        /// What d-pull warns of.
        var warning = ""
        /// What d-run says, on either stream.
        let result: String
    }

    static let cases = [
        Case(
            testDescription: "a folder of the host as a volume", config: #"{"Volumes":{"$V:/v:rw":{}}}"#,
            warning: "no path inside a container", result: "fine"),
        Case(
            testDescription: "a volume with ..", config: #"{"Volumes":{"/a/../../../$V":{}}}"#,
            warning: "no path inside a container", result: "fine"),
        Case(
            testDescription: "a volume with NUL", config: #"{"Volumes":{"/a\u0000b":{}}}"#,
            warning: "no path inside a container", result: "fine"),
        Case(
            testDescription: "a named volume above its folder", config: #"{"Volumes":{"../../victim:/v":{}}}"#,
            warning: "no path inside a container", result: "fine"),
        Case(
            testDescription: "keys of d-run",
            config: #"{"net":true,"devices":["/dev/mem"],"nested":true,"ports":["1:1"]}"#,
            warning: "'net', which is yours to set", result: "fine"),
        Case(
            testDescription: "a working folder above the root", config: #"{"WorkingDir":"/../../../..$V"}"#,
            result: "fine"),
        Case(
            testDescription: "a working folder through a link", config: #"{"WorkingDir":"/out/new"}"#, result: "fine"),
        Case(testDescription: "a library for bwrap", config: #"{"Env":["LD_PRELOAD=/evil.so"]}"#, result: "fine"),
        Case(
            testDescription: "a variable of the host's", config: #"{"Env":["SECRET"]}"#,
            warning: "variables of yours in 'Env'",
            result: "fine"),
        Case(testDescription: "an option as user", config: #"{"User":"--bind"}"#, result: "--bind"),
        Case(testDescription: "a user above the file", config: #"{"User":"../../etc/passwd"}"#, result: "passwd"),
        Case(
            testDescription: "an option as program", config: #"{"Entrypoint":["--bind","/","/host","/bin/sh"]}"#,
            result: "--bind: not found in the container"),
        Case(
            testDescription: "a program above the root", config: #"{"Entrypoint":["/../../../..$V/file"]}"#,
            result: "/file: not found in the container"),
        Case(
            testDescription: "an option as name", config: #"{"Hostname":"--bind"}"#, result: "fine"),
    ]

    @Test(arguments: cases)
    func staysInside(_ attack: Case) throws {
        let config = attack.config.replacing("$V", with: victim)
        try MadeLayout.make(folder("layout"), ["1": [try layer()]], config: config)
        var pull = Commands.program("d-pull", "oci:layout:1", "box").inFolder(folder.path).asOrdinaryUser
        pull.environment["SECRET"] = "secret"
        let pulled = try pull.run()
        try #require(
            pulled.status == 0 && (attack.warning.isEmpty || pulled.errors.contains(attack.warning)), "\(pulled)")
        let line = "cat /v/* 2>&-; cat $(pwd)/file 2>&-; echo x > ./here; env | grep -i secret; echo fine"
        var run = Commands.program("d-run", "box")
        if !config.contains("Entrypoint") { run.arguments += ["/bin/busybox", "sh", "-c", line] }
        run = run.inFolder(folder.path).asOrdinaryUser
        run.environment["SECRET"] = "secret"
        let result = try run.run()
        #expect((result.output + result.errors).contains(attack.result), "\(result)")
        #expect(!result.output.contains("secret"), "\(result)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: victim) == ["file"])
        #expect(try String(contentsOfFile: "\(victim)/file", encoding: .utf8) == "secret\n")
    }

    /// A layer with busybox, accounts, and a link out.
    private func layer() throws -> [UInt8] {
        try FileManager.default.createDirectory(atPath: folder("tree/bin"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: "/bin/busybox", toPath: folder("tree/bin/busybox"))
        try folder.write("root:x:0:0::/:/bin/sh\n", to: "tree/etc/passwd")
        symlink(victim, folder("tree/out"))
        let made = try Program("tar", "-C", folder("tree"), "-cf", folder("layer.tar"), ".").run()
        try #require(made.status == 0, "\(made)")
        return [UInt8](try Data(contentsOf: URL(filePath: folder("layer.tar"))))
    }
}
