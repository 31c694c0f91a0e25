import Foundation
import TestSupport
import Testing

/// Whole pulls from a real registry, with umoci as the judge.
@Suite(
    .enabled(
        if: DockerRegistry.isAvailable && DebianImage.isAvailable && Program.exists("umoci"),
        "needs docker-registry, skopeo, umoci, and mmdebstrap or the image it made"))
struct PullRegistryTests {
    private let folder: TemporaryFolder
    private let registry: DockerRegistry

    init() throws {
        folder = try TemporaryFolder()
        registry = try DockerRegistry()
    }

    private func pull(_ arguments: String...) -> Program {
        var program = Program(["\(Commands.folder)/d-pull"] + arguments).inFolder(folder.path)
        program.environment = ["PATH": "/usr/bin:/bin", "XDG_CACHE_HOME": folder("cache")]
        return program
    }

    @Test func equalsUmociAsRootAndAsAnOrdinaryUser() throws {
        try registry.push(layout: DebianImage.layout(), tag: "12", as: "debian:12")
        let judge = try Program(
            "umoci", "unpack", "--rootless", "--image", "\(DebianImage.layout()):12", folder("umoci")
        ).run()
        try #require(judge.status == 0, "\(judge)")
        for (name, program) in [
            ("user", pull("\(registry.address)/debian:12", "user").asOrdinaryUser),
            ("root", pull("\(registry.address)/debian:12", "root")),
        ] {
            let result = try program.run()
            try #require(result.status == 0 && result.output == "\(name)\n", "\(result)")
            let difference = try TreeListing.difference(folder("umoci/rootfs"), folder("\(name)/rootfs"))
            #expect(difference.isEmpty, "\(difference.joined(separator: "\n"))")
        }
    }

    @Test(arguments: ["amd64", "arm64"])
    func eachPlatformEqualsUmoci(_ architecture: String) throws {
        let hello = Fixture.path("images/hello")
        try registry.push(layout: hello, tag: "latest", as: "hello:1")
        let judge = try Program(
            "sh", "-ec",
            """
            skopeo copy -q --override-os linux --override-arch \(architecture) oci:\(hello):latest oci:\(folder("l")):1
            umoci unpack --rootless --image \(folder("l")):1 \(folder("umoci"))
            """
        ).run()
        try #require(judge.status == 0, "\(judge)")
        let result = try pull("--platform", "linux/\(architecture)", "\(registry.address)/hello:1", "there").run()
        try #require(result.status == 0, "\(result)")
        #expect(try TreeListing.difference(folder("umoci/rootfs"), folder("there/rootfs")).isEmpty)
    }

    /// Not even those that Foundation makes for itself.
    @Test func nothingButTheCacheStaysInTheHome() throws {
        try registry.push(layout: Fixture.path("images/hello"), tag: "latest", as: "hello:1")
        mkdir(folder("home"), 0o777)
        chmod(folder("home"), 0o777)
        var program = pull("\(registry.address)/hello:1", "there")
        program.environment = ["PATH": "/usr/bin:/bin", "HOME": folder("home")]
        let result = try program.asOrdinaryUser.run()
        try #require(result.status == 0, "\(result)")
        let found = FileManager.default
        #expect(try found.contentsOfDirectory(atPath: folder("home")) == [".cache"])
        #expect(try found.contentsOfDirectory(atPath: folder("home/.cache")) == ["d-utils"])
    }

    @Test func aSecondPullDownloadsNoBlob() throws {
        try registry.push(layout: Fixture.path("images/hello"), tag: "latest", as: "a/hello:1")
        try #require(pull("\(registry.address)/a/hello:1", "first").run().status == 0)
        let requests = try registry.blobRequests()
        #expect(requests == 2, "the configuration and the layer")
        let second = try pull("\(registry.address)/a/hello:1", "second").run()
        #expect(second.status == 0, "\(second)")
        #expect(try registry.blobRequests() == requests)
        #expect(
            try TreeListing.difference(folder("first"), folder("second")).filter {
                !$0.contains("'.'") && !$0.contains(".json") && !$0.contains(".txt")
            }.isEmpty)
    }

    @Test func theDigestOfAnIndexNamesTheImageToo() throws {
        try registry.push(layout: Fixture.path("images/hello"), tag: "latest", as: "hello:1")
        try #require(pull("\(registry.address)/hello:1").run().status == 0)
        let origin = try String(contentsOfFile: folder("hello/image.txt"), encoding: .utf8)
        let digest = try #require(origin.split(separator: "\n").first { $0.hasPrefix("digest ") }?.dropFirst(7))
        let pinned = try pull("\(registry.address)/hello@\(digest)", "pinned").run()
        #expect(pinned.status == 0, "\(pinned)")
        let both = try pull("\(registry.address)/hello:nonsense@\(digest)", "both").run()
        #expect(both.status == 0, "\(both)")
    }

    @Test func aMissingImageIsNamed() throws {
        let result = try pull("\(registry.address)/no/such:tag").run()
        #expect(
            result.status == 1 && result.errors.contains("no/such:tag") && result.errors.contains("not found"),
            "\(result)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["cache"])
    }

    @Test func nobodyListens() throws {
        let port = try FreePort.find()
        let result = try pull("127.0.0.1:\(port)/x").run()
        #expect(
            result.status == 1 && result.errors.contains("127.0.0.1:\(port)") && result.errors.contains("refused"),
            "\(result)")
    }

    @Test(arguments: ["changed", "cut", "empty"])
    func aDamagedCacheIsMended(_ damage: String) throws {
        try registry.push(layout: DebianImage.layout(), tag: "12", as: "debian:12")
        try #require(pull("\(registry.address)/debian:12", "first").run().status == 0)
        let blobs = folder("cache/d-utils/blobs/sha256")
        for name in try FileManager.default.contentsOfDirectory(atPath: blobs) {
            var bytes = try Data(contentsOf: URL(filePath: "\(blobs)/\(name)"))
            if damage == "changed" {
                bytes[bytes.count / 2] ^= 0x40
            } else {
                bytes = bytes.prefix(damage == "cut" ? bytes.count / 2 : 0)
            }
            try bytes.write(to: URL(filePath: "\(blobs)/\(name)"))
        }
        let second = try pull("\(registry.address)/debian:12", "second").run()
        #expect(second.status == 0, "\(second)")
        #expect(try TreeListing.difference(folder("first/rootfs"), folder("second/rootfs")).isEmpty)
        let third = try pull("\(registry.address)/debian:12", "third").run()
        #expect(third.status == 0 && !third.errors.contains("damaged"), "the cache is right again: \(third)")
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func aSignalLeavesNothing(_ signal: CInt) throws {
        try registry.push(layout: DebianImage.layout(), tag: "12", as: "debian:12")
        for delay in [0, 20_000, 200_000, 500_000] as [useconds_t] {
            let program = pull("\(registry.address)/debian:12", "there")
            let quiet = open("/dev/null", O_RDWR)
            defer { close(quiet) }
            let child = try program.start(output: quiet, errors: quiet, input: quiet)
            usleep(delay + 100_000)
            kill(child, signal)
            let status = try Program.wait(for: child, limit: 30)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0 != "cache" }
            #expect(names == (status == 0 ? ["there"] : []))
            #expect(status == 0 || status == 128 + signal)
            if status == 0 { try Program("rm", "-rf", folder("there")).run() }
        }
        let last = try pull("\(registry.address)/debian:12", "there").run()
        #expect(last.status == 0, "\(last)")
    }

    @Test func whatAKilledPullLeftIsCleared() throws {
        try registry.push(layout: DebianImage.layout(), tag: "12", as: "debian:12")
        let quiet = open("/dev/null", O_RDWR)
        defer { close(quiet) }
        let child = try pull("\(registry.address)/debian:12", "there").start(output: quiet, errors: quiet, input: quiet)
        var names: [String] = []
        while !names.contains(where: { $0.hasPrefix(".there.d-pull-") }) {
            names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        }
        usleep(300_000)
        kill(child, SIGKILL)
        _ = try Program.wait(for: child, limit: 30)
        let next = try pull("\(registry.address)/debian:12", "there").run()
        #expect(next.status == 0, "\(next)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["cache", "there"])
    }

    /// 1 GiB of what does not compress, in one layer: the disk is the buffer, not the memory.
    @Test func memoryStaysSmallForAHugeLayer() throws {
        let script = """
            cd "$1"; umoci init --layout l; umoci new --image l:big
            head -c 1G /dev/zero | openssl enc -aes-128-ctr -K 00 -iv 00 > big 2>/dev/null
            tar -cf big.tar big; rm big; umoci raw add-layer --image l:big big.tar; rm big.tar
            """
        let made = try Program("sh", "-ec", script, "sh", folder.path).run()
        try #require(made.status == 0, "\(made)")
        try registry.push(layout: folder("l"), tag: "big", as: "big:1")
        let (result, peakMemory) = try pull("\(registry.address)/big:1").runMeasured()
        #expect(result.status == 0, "\(result)")
        #expect(peakMemory < 64 << 20, "\(peakMemory >> 20) MiB")
    }
}
