import Console
import Foundation
import TestSupport
import Testing

@testable import Fetching
@testable import SaveCommand

/// What d-save writes, read back by others.
@Suite(.enabled(if: SmallImages.isPossible && Program.exists("skopeo"), "needs umoci, python3 and skopeo"))
struct SaveTests {
    private let commands: CommandFolder

    init() throws {
        commands = try CommandFolder()
        _ = try SmallImages.make(in: commands.folder)
    }

    private func save(_ arguments: String...) throws {
        var program = commands("d-save", "-q")
        program.arguments += arguments
        let result = try program.run()
        try #require(result.status == 0 && result.output.isEmpty && result.errors.isEmpty, "\(arguments): \(result)")
    }

    @Test(arguments: ["oci", "docker"])
    func theSameImageGivesTheSameBytes(_ format: String) throws {
        try save("--format", format, "oci:images:1", "first.tar")
        try commands.shell("cp -r images copy; mkdir -m 777 other")
        try save("--format", format, "oci:copy:1", "other/second.tar")
        try commands.shell("cmp first.tar other/second.tar")
        let piped = commands("d-save", "-q", "--format", format, "oci:images:1", "-")
        try Program(["sh", "-c", "\"$@\" > \(commands.folder("third.tar"))", "sh"] + piped.arguments).run()
        try commands.shell("cmp first.tar third.tar; test $(tar -tf first.tar | sort | uniq -d | wc -l) = 0")
    }

    /// skopeo copies each form back into a layout whose manifest is the one that was saved, or whose files are.
    @Test func skopeoReadsIt() throws {
        try save("oci:images:1", "a.tar")
        try save("--format", "docker", "oci:images:1", "d.tar")
        try commands.shell(
            """
            skopeo copy -q oci-archive:a.tar oci:back:1; skopeo copy -q docker-archive:d.tar oci:back:2
            skopeo copy -q oci-archive:d.tar oci:back:3
            for tag in 1 2 3; do umoci unpack --rootless --image back:$tag b$tag >/dev/null; done
            """)
        for tag in 1...3 {
            #expect(
                try TreeListing.difference(SmallImages.judge(), commands.folder("b\(tag)/rootfs")).isEmpty)
        }
        let digests = try commands.shell(
            "skopeo inspect oci:back:1 | grep Digest; skopeo inspect oci:images:1 | grep Digest")
        #expect(Set(digests.split(separator: "\n")).count == 1)
    }

    @Test(.enabled(if: ContainerStorage.works("podman"), "needs podman and the right to use its storage"))
    func podmanLoadsIt() throws {
        let storage = ContainerStorage(in: commands.folder)
        try commands.shell("skopeo copy -q oci:images:1 docker-archive:in.tar:docker.io/library/app:1")
        try save("--format", "docker", "docker-archive:in.tar:app:1", "d.tar")
        try storage.run("podman", "load", "-q", "-i", "d.tar")
        #expect(try storage.run("podman", "images", "--format", "{{.Repository}}:{{.Tag}}").contains("app:1"))
        try save("oci:images:2", "o.tar")
        #expect(try storage.run("podman", "load", "-q", "-i", "o.tar").contains("Loaded image"))
    }

    @Test(.enabled(if: DockerRegistry.isAvailable, "needs docker-registry"))
    func savesFromARegistryWithItsName() throws {
        let registry = try DockerRegistry()
        try registry.push(layout: commands.folder("images"), tag: "1", as: "app:1")
        try save("\(registry.address)/app:1", "a.tar")
        let index = try commands.shell("tar -xOf a.tar index.json")
        #expect(index.contains(#""org.opencontainers.image.ref.name":"\#(registry.address)/app:1""#))
        let requests = try registry.blobRequests()
        let pulled = try commands("d-pull", "-q", "\(registry.address)/app:1").run()
        #expect(try pulled.status == 0 && registry.blobRequests() == requests, "the cache has it all")
    }

    @Test func whatCannotBeWrittenIsTold() throws {
        try commands.shell("mkdir folder; mkfifo pipe; echo old > file; chmod 666 file")
        for (file, words) in [("folder", "no file"), ("pipe", "no file"), ("no/such", "cannot make")] {
            let result = try commands("d-save", "oci:images:1", file).run()
            #expect(result.status == 1 && result.errors.contains(words), "\(result)")
        }
        let failed = try commands("d-save", "oci:images:9", "file").run()
        #expect(try failed.status == 1 && commands.text("file") == "old\n")
        #expect(try commands.names().filter { $0.hasPrefix(".") }.isEmpty)
        let terminal = try PseudoTerminal(commands("d-save", "oci:images:1", "-"))
        try terminal.expect("is a terminal")
        #expect(try terminal.wait() == 1)
    }

    /// Names and sizes that a plain header cannot hold.
    @Test func longNamesAndSizesAreWrittenAsPaxRecords() throws {
        let path = commands.folder("long.tar")
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        defer { close(file) }
        let tar = TarWriter(file)
        let name = "blobs/sha512/" + String(repeating: "0123456789abcdef", count: 8)
        try tar.add(name, Array("content".utf8))
        try tar.add("last", [])
        try tar.finish()
        #expect(try commands.shell("tar -tf long.tar") == name + "\nlast\n")
        #expect(try commands.shell("tar -xOf long.tar \(name)") == "content")
    }
}
