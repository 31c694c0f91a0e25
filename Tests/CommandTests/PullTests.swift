import Foundation
import TestSupport
import Testing

/// The command itself, on layouts and on a real registry, against umoci as the judge.
@Suite struct PullTests {
    private let folder: TemporaryFolder
    private let hello = "oci:" + Fixture.path("images/hello")

    init() throws {
        folder = try TemporaryFolder()
    }

    private func pull(_ arguments: String...) -> Program {
        var program = Program(["\(Commands.folder)/d-pull"] + arguments).inFolder(folder.path)
        program.environment = ["PATH": "/usr/bin:/bin", "XDG_CACHE_HOME": folder("cache")]
        return program.asOrdinaryUser
    }

    private func text(_ name: String) throws -> String { try String(contentsOfFile: folder(name), encoding: .utf8) }

    @Test func unpacksALayout() throws {
        let result = try pull(hello, "there").run()
        #expect(result.status == 0 && result.output == "there\n", "\(result)")
        #expect(
            try text("there/config.json")
                == "{\n  \"Env\": [\n    \"PATH=/\"\n  ],\n  \"Cmd\": [\n    \"/hello\"\n  ]\n}\n")
        let origin = try text("there/image.txt")
        #expect(origin.contains(hello) && origin.contains("sha256:"))
        let program = try Program(folder("there/rootfs/hello")).run()
        #expect(program.output == "Hello from a container for linux/amd64.\n" || program.status != 0)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder("there")).sorted() == [
                "config.json", "image.json", "image.txt", "rootfs",
            ])
    }

    @Test(arguments: ["amd64", "arm64"])
    func choosesThePlatform(_ architecture: String) throws {
        let result = try pull("--platform", "linux/\(architecture)", hello).run()
        #expect(result.status == 0 && result.output == "hello\n", "\(result)")
        let program = try Data(contentsOf: URL(filePath: folder("hello/rootfs/hello")))
        #expect(program.range(of: Data("for linux/\(architecture).".utf8)) != nil)
    }

    @Test(.enabled(if: Program.exists("skopeo"), "needs skopeo"))
    func unpacksLayersOfZstd() throws {
        let layout = "oci:" + folder("layout")
        let copied = try Program("skopeo", "copy", "-q", "--dest-compress-format", "zstd", hello, layout).run()
        try #require(copied.status == 0, "\(copied)")
        let blobs = folder("layout/blobs/sha256")
        let magics = try FileManager.default.contentsOfDirectory(atPath: blobs).map {
            try Data(contentsOf: URL(filePath: "\(blobs)/\($0)")).prefix(4)
        }
        #expect(magics.contains(Data([0x28, 0xB5, 0x2F, 0xFD])))
        for (reference, name) in [(layout, "there"), (hello, "judge")] {
            let result = try pull(reference, name).run()
            #expect(result.status == 0 && result.output == "\(name)\n", "\(result)")
        }
        let difference = try TreeListing.difference(folder("judge/rootfs"), folder("there/rootfs"))
        #expect(difference.isEmpty, "\(difference)")
    }

    /// What the image says counts, not what the user's other files get.
    @Test(arguments: ["000", "027", "077"])
    func theUmaskChangesNothing(_ mask: String) throws {
        let script = """
            mkdir src; for mode in 755 644 700 600 555 777 666 1777 4755; do
            mkdir -m $mode src/d$mode src/d$mode/d && install -m $mode /dev/null src/f$mode || exit; done
            tar --format=posix -C src -cf layer.tar .
            """
        let made = try Program("sh", "-c", script).inFolder(folder.path).run()
        try #require(made.status == 0, "\(made)")
        try MadeLayout.make(folder("layout"), ["modes": [Array(Data(contentsOf: URL(filePath: folder("layer.tar"))))]])
        var program = pull("--no-cache", "oci:" + folder("layout"), "there")
        program.arguments = ["sh", "-c", "umask \(mask) && exec \"$@\"", "sh"] + program.arguments
        let result = try program.run()
        try #require(result.status == 0, "\(result)")
        let difference = try TreeListing.difference(folder("src"), folder("there/rootfs"))
        #expect(difference.isEmpty, "\(difference)")
    }

    @Test func aMissingPlatformNamesThoseThereAre() throws {
        let result = try pull("--platform", "linux/s390x", hello).run()
        #expect(result.status == 1 && result.output.isEmpty)
        #expect(
            result.errors.contains("linux/s390x") && result.errors.contains("linux/amd64")
                && result.errors.contains("linux/arm64"))
        try expectNothingLeft()
    }

    @Test func anExistingFolderIsRefused() throws {
        try folder.write("mine", to: "there/file")
        let result = try pull(hello, "there").run()
        #expect(result.status == 1 && result.errors.contains("'there' exists already"))
        #expect(try text("there/file") == "mine")
    }

    @Test func aWrongCallIsExplained() throws {
        for (arguments, words) in [
            (["--nope", "x"], "--nope"), ([], "REF is missing"), (["a", "b", "c"], "'c'"),
            (["--platform"], "--platform"),
        ] {
            var program = pull()
            program.arguments += arguments
            let result = try program.run()
            #expect(result.status == 2 && result.errors.contains(words) && result.output.isEmpty, "\(result)")
        }
        let malformed = try pull("UPPER").run()
        #expect(malformed.status == 2 && malformed.errors.contains("'UPPER'"))
    }

    @Test func helpAndVersionGoToStandardOutput() throws {
        let help = try pull("--help").run()
        #expect(help.status == 0 && help.output.hasPrefix("usage: d-pull ") && help.errors.isEmpty)
        #expect(help.output.split(separator: "\n").allSatisfy { $0.count <= 120 })
        #expect(try pull("--version").run().output.hasPrefix("d-pull "))
    }

    /// Where others may rename, a folder with the name of a leftover need not be one.
    @Test(arguments: [(0o777, true), (0o1777, false)] as [(mode_t, Bool)])
    func clearsWhatIsLeftOnlyWhereNobodyElseCanHaveNamedIt(_ mode: mode_t, _ stays: Bool) throws {
        mkdir(folder("parent"), 0o755)
        chmod(folder("parent"), mode)
        try Program("mkdir", "-p", folder("parent/.x.d-pull-abcdef/inner")).asOrdinaryUser.run()
        let result = try pull(hello, "parent/there").run()
        #expect(result.status == 0, "\(result)")
        #expect(FileManager.default.fileExists(atPath: folder("parent/.x.d-pull-abcdef/inner")) == stays)
    }

    @Test func quietSaysNothing() throws {
        let result = try pull("-q", hello).run()
        #expect(result.status == 0 && result.errors.isEmpty && result.output == "hello\n")
    }

    @Test(arguments: ["manifest", "config", "layer"])
    func aChangedBlobIsRefused(_ kind: String) throws {
        try Program("cp", "-r", Fixture.path("images/hello"), folder("layout")).run()
        let blobs = folder("layout/blobs/sha256")
        let needle = ["manifest": "\"layers\"", "config": "\"amd64\",\n  \"os\"", "layer": "\u{1F}"][kind] ?? ""
        var changed = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: blobs) {
            var bytes = try Data(contentsOf: URL(filePath: "\(blobs)/\(name)"))
            let isIt = kind == "layer" ? bytes.first == 0x1F : bytes.range(of: Data(needle.utf8)) != nil
            guard isIt else { continue }
            bytes[bytes.count - 12] ^= 1
            try bytes.write(to: URL(filePath: "\(blobs)/\(name)"))
            changed += 1
        }
        #expect(changed > 0)
        let result = try pull("--platform", "linux/amd64", "oci:" + folder("layout"), "there").run()
        #expect(result.status == 1 && result.errors.contains("sha256:"), "\(result)")
        try expectNothingLeft()
    }

    /// No container and no half-made one.
    private func expectNothingLeft() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(names.filter { $0 != "cache" && $0 != "layout" }.isEmpty)
    }
}
