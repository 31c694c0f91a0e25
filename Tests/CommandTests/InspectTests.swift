import ContainerImage
import Foundation
import TestSupport
import Testing

/// d-inspect, with skopeo as the judge.
@Suite(.enabled(if: SmallImages.isPossible && Program.exists("skopeo"), "needs umoci, python3 and skopeo"))
struct InspectTests {
    private let commands: CommandFolder

    init() throws {
        commands = try CommandFolder()
        _ = try SmallImages.make(in: commands.folder)
    }

    private func inspect(_ arguments: String...) throws -> String {
        var program = commands("d-inspect")
        program.arguments += arguments
        let result = try program.run()
        try #require(result.status == 0 && result.errors.isEmpty, "\(result)")
        return result.output
    }

    private func json(_ text: String) throws -> JSONField { JSONField(try JSON(parsing: Array(text.utf8))) }

    @Test func tellsWhatAnImageIsMadeOf() throws {
        let judge = try json(try commands.shell("skopeo inspect oci:images:1"))
        let report = try json(try inspect("--json", "oci:images:1"))
        #expect(try report["digest"].string() == (try judge["Digest"].string()))
        let layers = try report["layers"].elements() ?? []
        #expect(try layers.compactMap { try $0["digest"].string() } == (try judge["Layers"].strings()))
        #expect(try layers.compactMap { try $0["createdBy"].string() } == ["ADD lower", "ADD upper"])
        #expect(try report["platforms"].strings() == ["linux/amd64"])
        #expect(try report["config"]["Cmd"].strings() == ["run", "v1"])
        let size = try layers.reduce(Int64(0)) { $0 + (try $1["size"].integer() ?? 0) }
        #expect(try report["size"].integer() == size && size > 0)
        let table = try inspect("oci:images:1")
        for words in ["ADD upper", "linux/amd64", "VERSION=1", "tar+gzip"] { #expect(table.contains(words)) }
    }

    @Test func knowsTheUnpackedSizeOfPlainLayers() throws {
        try commands.shell("skopeo copy -q oci:images:1 docker-archive:a.tar:c:1")
        let report = try json(try inspect("--json", "docker-archive:a.tar"))
        #expect(try report["unpackedSize"].integer() == (try report["size"].integer()))
        #expect(try json(try inspect("--json", "oci:images:1"))["unpackedSize"].integer() == nil)
    }

    @Test func printsTheDigestAlone() throws {
        let hello = "oci:" + Fixture.path("images/hello")
        #expect(
            try inspect("--digest", hello)
                == "sha256:1c54ee1747961c11fcdfd01848dfb2ea6b3d186b9b9aaa41e197bb5c98942ca7\n")
        let platforms = try json(try inspect("--json", hello))["platforms"].strings()
        #expect(platforms == ["linux/amd64", "linux/arm64"])
    }

    @Test(.enabled(if: DockerRegistry.isAvailable, "needs docker-registry"))
    func listsTags() throws {
        let registry = try DockerRegistry()
        for tag in ["1", "2"] { try registry.push(layout: commands.folder("images"), tag: tag, as: "app:v\(tag)") }
        #expect(try inspect("--tags", "\(registry.address)/app") == "v1\nv2\n")
        let missing = try commands("d-inspect", "--tags", "\(registry.address)/other").run()
        #expect(missing.status == 1 && missing.errors.contains("not found"), "\(missing)")
        let local = try commands("d-inspect", "--tags", "oci:images:1").run()
        #expect(local.status == 1 && local.errors.contains("not supported"), "\(local)")
    }

    /// What begins like a path is no REF, so nothing is asked of a registry.
    @Test(arguments: [("./missing", "No such file"), ("../", "is no container")])
    func knowsAPath(_ operand: String, words: String) throws {
        let result = try commands("d-inspect", operand).run()
        #expect(result.status == 1 && result.errors.contains(words), "\(result)")
    }

    @Test func tellsWhatChangedInAContainer() throws {
        try #require(commands("d-pull", "-q", "oci:images:1", "box").run().status == 0)
        let fresh = try json(try inspect("--json", "box"))
        #expect(try fresh["changedKeys"].strings() == [] && (try fresh["changedPaths"].strings()) == [])
        #expect(try fresh["reference"].string() == "oci:\(commands.folder("images")):1")
        #expect(try inspect("--digest", "box") == (try inspect("--digest", "oci:images:1")))
        try commands.shell(
            """
            cp -a box copy; echo new > copy/rootfs/etc/new; rm copy/rootfs/deep/link
            sed -i 's/"run"/"walk"/' copy/config.json
            """)
        let changed = try json(try inspect("--json", "copy"))
        #expect(try changed["changedKeys"].strings() == ["Cmd"])
        #expect(Set(try changed["changedPaths"].strings() ?? []) == ["etc", "etc/new", "deep"])
        let table = try inspect("copy")
        #expect(table.contains("changed since: Cmd") && table.contains("3 paths changed"), "\(table)")
        #expect(try inspect("./box").contains("as the image brought it"))
    }

    @Test func whatAnImageSaysCannotDriveTheTerminal() throws {
        try commands.shell(
            "umoci config --image images:1 --config.label \"evil=$(printf '\\033]0;x\\007')\"; chmod -R a+rX images")
        #expect(
            try !inspect("oci:images:1").contains("\u{1b}") && !inspect("--json", "oci:images:1").contains("\u{1b}"))
    }
}
