import Foundation
import TestSupport
import Testing

/// Images in archives that other programs wrote, unpacked equal to what umoci unpacks.
@Suite(
    .enabled(
        if: SmallImages.isPossible && ["skopeo", "zstd"].allSatisfy(Program.exists),
        "needs umoci, python3, skopeo and zstd"))
struct ArchiveTests {
    private let commands: CommandFolder

    init() throws {
        commands = try CommandFolder()
        _ = try SmallImages.make(in: commands.folder)
    }

    /// Pulls `reference` and compares the container with umoci's.
    private func expectEqual(_ reference: String, input: String? = nil) throws {
        var program = commands("d-pull", "-q", reference, "there")
        if let input {
            program.arguments = ["sh", "-c", "cat \(commands.folder(input)) | \"$@\"", "sh"] + program.arguments
        }
        let result = try program.run()
        #expect(result.status == 0, "\(reference): \(result)")
        #expect(try TreeListing.difference(SmallImages.judge(), commands.folder("there/rootfs")).isEmpty)
        #expect(try commands.text("there/config.json").contains(#""VERSION=1""#))
        try commands.shell("chmod -R u+w there; rm -rf there")
    }

    private static let writers: [(name: String, script: String, reference: String)] = [
        ("skopeo docker-archive", "skopeo copy -q oci:images:1 docker-archive:a.tar:a.b/c:1", "docker-archive:a.tar"),
        (
            "named in it", "skopeo copy -q oci:images:1 docker-archive:a.tar:docker.io/library/c:latest",
            "docker-archive:a.tar:c"
        ),
        ("skopeo oci-archive", "skopeo copy -q oci:images:1 oci-archive:a.tar:v1", "oci-archive:a.tar:v1"),
        ("its only image", "skopeo copy -q oci:images:1 oci-archive:a.tar:v1", "oci-archive:a.tar"),
        ("tar of a layout", "tar -C images -cf a.tar .", "oci-archive:a.tar:1"),
        ("compressed by gzip", "tar -C images -czf a.tar.gz .", "oci-archive:a.tar.gz:1"),
        ("names with ./", "cd images; tar -cf ../a.tar ./index.json ./oci-layout ./blobs", "oci-archive:a.tar:1"),
        ("compressed by zstd", "tar -C images -cf - . | zstd -q > a.tar.zst", "oci-archive:a.tar.zst:1"),
        ("zstd layers", "skopeo copy -q --dest-compress-format zstd oci:images:1 oci:o:1", "oci:o:1"),
        (
            "docker types", "skopeo copy -q --format v2s2 oci:images:1 dir:d; skopeo copy -q dir:d oci:o:1",
            "oci:o:1"
        ),
        (
            "layers compressed in a docker archive",
            """
            mkdir x; skopeo copy -q oci:images:1 docker-archive:a.tar:c:1; tar -C x -xf a.tar; cd x
            for layer in $(ls | grep 'tar$'); do gzip -n $layer; mv $layer.gz $layer; done; tar -cf ../b.tar *
            """, "docker-archive:b.tar"
        ),
        (
            "layers that are links",
            """
            mkdir x; skopeo copy -q oci:images:1 docker-archive:a.tar:c:1; tar -C x -xf a.tar; cd x
            for layer in *.tar; do mkdir -p real/$layer; mv $layer real/$layer/layer.tar; done
            i=0; for layer in $(ls real); do ln -s real/$layer/layer.tar $layer; done
            tar -cf ../b.tar *
            """, "docker-archive:b.tar"
        ),
    ]

    @Test(arguments: writers.indices)
    func pulls(_ writer: Int) throws {
        try commands.shell(Self.writers[writer].script)
        try expectEqual(Self.writers[writer].reference)
    }

    @Test func pullsFromStandardInput() throws {
        try commands.shell("skopeo copy -q oci:images:1 docker-archive:a.tar:c:1; gzip -k a.tar")
        try expectEqual("docker-archive:-", input: "a.tar")
        try expectEqual("docker-archive:-:c:1", input: "a.tar.gz")
    }

    @Test(
        .enabled(if: ContainerStorage.works("podman"), "needs podman and the right to use its storage"),
        arguments: ["docker-archive", "oci-archive"])
    func pullsWhatPodmanSaves(_ format: String) throws {
        let storage = ContainerStorage(in: commands.folder)
        try commands.shell("skopeo copy -q oci:images:1 oci-archive:in.tar:localhost/app:1")
        try storage.run("podman", "load", "-q", "-i", "in.tar")
        try storage.run("podman", "save", "-q", "--format", format, "-o", "out.tar", "localhost/app:1")
        try commands.shell("chmod a+r out.tar")
        try expectEqual("\(format):out.tar")
    }

    @Test(
        .enabled(if: ContainerStorage.works("buildah"), "needs buildah and the right to use its storage"),
        arguments: ["docker-archive", "oci-archive", "oci"])
    func pullsWhatBuildahPushes(_ format: String) throws {
        let storage = ContainerStorage(in: commands.folder)
        try storage.run("buildah", "pull", "-q", "oci:images:1")
        let image = try storage.run("buildah", "images", "-q").split(separator: "\n")[0]
        try storage.run("buildah", "push", "-q", String(image), "\(format):out:app:1")
        try commands.shell("chmod -R a+rX out")
        try expectEqual("\(format):out")
    }

    @Test(arguments: [
        ("docker-archive:missing.tar", "No such file"), ("docker-archive:images", "folder"),
        ("docker-archive:a.tar:other:1", "no image 'other:1'"), ("oci-archive:a.tar", "no OCI image layout"),
        ("docker-archive:cut.tar", "ends"), ("docker-archive:text", "tar"), ("docker-archive:x.tar.xz", "xz"),
        ("oci-archive:layout.tar", "several images"), ("oci-archive:layout.tar:3", "there is 1, 2"),
    ])
    func tellsWhatIsWrong(_ reference: String, _ words: String) throws {
        try commands.shell(
            """
            skopeo copy -q oci:images:1 docker-archive:a.tar:c:1; head -c 9000 a.tar > cut.tar; echo words > text
            printf '\\375\\067\\172\\130\\132\\000 more' > x.tar.xz; tar -C images -cf layout.tar .
            """)
        let result = try commands("d-pull", reference, "there").run()
        #expect(result.status == 1 && result.errors.contains(words), "\(result)")
        #expect(try !commands.names().contains { $0.contains("there") })
    }

    /// Every cut of an archive is told, and nothing is left.
    @Test func anyCutIsRefused() throws {
        try commands.shell("skopeo copy -q oci:images:1 docker-archive:a.tar:c:1")
        let whole = try Data(contentsOf: URL(filePath: commands.folder("a.tar")))
        for length in stride(from: 0, to: whole.count - 1024, by: 3001) {
            try whole.prefix(length).write(to: URL(filePath: commands.folder("cut.tar")))
            let result = try commands("d-pull", "docker-archive:cut.tar", "there").run()
            #expect(result.status == 1 && !result.errors.isEmpty, "\(length): \(result)")
        }
        #expect(try !commands.names().contains { $0.contains("there") })
    }
}
