import ContainerImage
import Foundation
import TestSupport
import Testing

/// The cache under everything that can happen to it, with a real registry.
@Suite(
    .enabled(
        if: SmallImages.isPossible && DockerRegistry.isAvailable, "needs docker-registry, skopeo, umoci and python3"))
struct CacheTests {
    private let commands: CommandFolder
    private let registry: DockerRegistry
    private static let layerSize = 2 << 20

    init() throws {
        commands = try CommandFolder()
        registry = try DockerRegistry()
        let layout = try SmallImages.make(in: commands.folder, size: Self.layerSize)
        try registry.push(layout: layout, tag: "1", as: "app:1")
    }

    private var name: String { "\(registry.address)/app:1" }

    private func pull(_ arguments: String...) -> Program {
        var program = commands("d-pull", "--progress", "plain")
        program.arguments += arguments
        return program
    }

    private func expectWhole(_ container: String) throws {
        let difference = try TreeListing.difference(
            SmallImages.judge(size: Self.layerSize), commands.folder("\(container)/rootfs"))
        #expect(difference.isEmpty, "\(difference)")
    }

    /// Two pulls at the same time, again and again: each blob of a layer comes once.
    @Test func twoPullsShareOneDownload() throws {
        let quiet = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(quiet) }
        let rounds = 50
        for round in 0..<rounds {
            let children = try ["a", "b"].map { container in
                try pull(name, "\(container)\(round)").with(["XDG_CACHE_HOME": commands.folder("cache\(round)")])
                    .start(output: quiet, errors: quiet, input: quiet)
            }
            for child in children { #expect(try Program.wait(for: child, limit: 120) == 0) }
        }
        let report = JSONField(try JSON(parsing: Array(commands("d-inspect", "--json", name).run().output.utf8)))
        let layers = try report["layers"].elements()?.compactMap { try $0["digest"].string() } ?? []
        #expect(layers.count == 2)
        let log = try registry.log().split(separator: "\n").filter { $0.contains("\"GET /v2/") }
        for layer in layers { #expect(log.count { $0.contains(layer) } == rounds, "\(layer)") }
        try expectWhole("b\(rounds - 1)")
    }

    /// Killed at any instant, while it clears what is old too, the cache holds nothing wrong under a digest's name, and
    /// the next pull uses what is there.
    @Test func aKilledPullLeavesTheCacheRight() throws {
        let start = Date.now
        try #require(pull(name, "first").with(["XDG_CACHE_HOME": commands.folder("other")]).run().status == 0)
        let length = Date.now.timeIntervalSince(start)
        let quiet = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(quiet) }
        let blobs = commands.folder("cache/d-utils/blobs/sha256")
        let old = (0..<30).map { [UInt8($0)] }
        for round in 0..<100 {
            if round % 10 == 0 {
                try commands.shell("rm -rf cache; mkdir -p cache/d-utils/blobs/sha256; chmod -R 777 cache")
            }
            for content in old {
                let path = "\(blobs)/\(Digest(of: content).hex)"
                try Data(content).write(to: URL(filePath: path))
                let time = Date(timeIntervalSinceNow: -40 * 86_400)
                try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: path)
            }
            let child = try pull(name, "box\(round)").start(output: quiet, errors: quiet, input: quiet)
            usleep(useconds_t(Double.random(in: 0...length) * 1e6))
            kill(child, SIGKILL)
            _ = try Program.wait(for: child, limit: 60)
            for blob in (try? FileManager.default.contentsOfDirectory(atPath: blobs)) ?? [] where blob.count == 64 {
                let bytes = [UInt8](try Data(contentsOf: URL(filePath: "\(blobs)/\(blob)")))
                #expect(Digest(of: bytes).hex == blob)
            }
        }
        let last = try pull(name, "last").run()
        #expect(last.status == 0, "\(last)")
        try expectWhole("last")
        #expect(try commands.names().filter { $0.hasPrefix(".") }.isEmpty)
        let left = try FileManager.default.contentsOfDirectory(atPath: blobs)
        #expect(old.allSatisfy { !left.contains(Digest(of: $0).hex) })
    }

    @Test func aCacheThatCannotBeWrittenIsReadAndLeftAlone() throws {
        try #require(pull(name, "first").run().status == 0)
        try commands.shell(
            "chown -R 0:0 cache; chmod -R go-w cache; chmod -R a+rX cache; find cache -type f | sort > before")
        let requests = try registry.blobRequests()
        let second = try pull(name, "second").run()
        #expect(second.status == 0 && second.errors.contains("going on without it"), "\(second)")
        #expect(try registry.blobRequests() == requests, "what is there is used")
        try registry.push(layout: commands.folder("images"), tag: "2", as: "app:2")
        let other = try pull("\(registry.address)/app:2", "other").run()
        #expect(other.status == 0 && other.errors.contains("going on without it"), "\(other)")
        try commands.shell("find cache -type f | sort | cmp - before")
        try expectWhole("second")
    }

    @Test func aDamagedBlobThatCannotBeRemovedIsFetchedAnew() throws {
        try #require(pull(name, "first").run().status == 0)
        try commands.shell(
            """
            for blob in cache/d-utils/blobs/sha256/*; do printf XX | dd of=$blob bs=1 seek=100 conv=notrunc 2>/dev/null; done
            chown -R 0:0 cache; chmod -R go-w cache; chmod -R a+rX cache
            """)
        let second = try pull(name, "second").run()
        #expect(second.status == 0 && second.errors.contains("damaged"), "\(second)")
        try expectWhole("second")
    }

    @Test func aCacheThatCannotBeMadeIsDoneWithout() throws {
        for variables in [["XDG_CACHE_HOME": "/dev/null"], ["XDG_CACHE_HOME": "", "HOME": ""]] {
            let result = try pull(name, "box").with(variables).run()
            #expect(result.status == 0 && result.errors.contains("cache"), "\(result)")
            try commands.shell("chmod -R u+w box; rm -rf box")
        }
    }

    /// A disk of 1 MiB for a blob of 2 MiB, in a mount namespace of the test's own.
    @Test(.enabled(if: mountsArePossible, "needs the right to mount"))
    func aFullCacheIsLeftInTheMiddle() throws {
        let command = pull(name, "box").arguments
        let script = """
            cd \(commands.folder.path); mkdir full; mount -t tmpfs -o size=1m,mode=777 tmpfs full; "$@" || exit
            ls -R full | grep -c '[0-9a-f]\\{64\\}.part' | grep -x 0
            """
        let program = Program(["unshare", "-m", "sh", "-ec", script, "sh"] + command)
            .with(["XDG_CACHE_HOME": commands.folder("full"), "TMPDIR": "/var/tmp"])
        let result = try program.run()
        #expect(result.status == 0 && result.errors.contains("No space left"), "\(result)")
        try expectWhole("box")
    }

    /// Every folder where a file without a name may lie is on a disk of 1 MiB; the container is not.
    @Test(.enabled(if: mountsArePossible, "needs the right to mount"))
    func whenNoDiskHasRoomThatIsSaid() throws {
        let script = """
            mount -t tmpfs -o mode=777 tmpfs /mnt; cp -r "$1" /mnt/bin
            for folder in /tmp /var/tmp; do mount -t tmpfs -o size=1m,mode=777 tmpfs $folder; done
            cd /tmp; shift; "$@"
            """
        let words = Program("/mnt/bin/d-pull", name, "/mnt/box").asOrdinaryUser.arguments
        let program = Program(["unshare", "-m", "sh", "-ec", script, "sh", Commands.folder] + words)
            .with(["XDG_CACHE_HOME": "/tmp/cache", "TMPDIR": "/tmp"])
        let result = try program.run()
        #expect(result.status == 1 && result.errors.contains("set TMPDIR to a folder with more room"), "\(result)")
    }

    /// A true I/O error: the disk under the cache, a file behind a loop device, now ends in the middle of a blob.
    @Test(.enabled(if: disksArePossible, "needs the right to mount, a loop device and mkfs.ext4"))
    func aBlobOnABrokenDiskIsFetchedAnew() throws {
        let script =
            Self.mountDisk + """
                umask 0; mkdir cache/d; "$@" first
                umount cache; mount -o loop disk cache
                blob=$(find cache -size +1000k -type f)
                start=$(filefrag -v $blob | sed -n 's/^ *0: *[0-9]*[.][. ]*[0-9]*: *\\([0-9]*\\)[.].*/\\1/p')
                truncate -s $((start + 1000))K disk
                ! cat $blob >/dev/null
                "$@" --offline offline && echo not missing
                "$@" second
                "$@" --offline third
                """
        let program = Program(["unshare", "-m", "sh", "-ec", script, "sh"] + pull(name).arguments)
            .with(["XDG_CACHE_HOME": "/mnt/cache/d"])
        let result = try program.run()
        #expect(result.status == 0 && result.errors.contains("Input/output error"), "\(result)")
        let containers = result.output.split(separator: "\n").map(String.init)
        #expect(containers == ["first", "second", "third"])
        #expect(result.errors.contains("damaged") && result.errors.contains("is not in the cache"), "\(result)")
        for container in containers { try expectWhole(container) }
        #expect(try commands.names(without: "images") == containers)
    }

    private static let mountDisk = """
        mount -t tmpfs -o mode=777 tmpfs /mnt; cd /mnt; truncate -s 32M disk; mkfs.ext4 -q -b 1024 disk
        mkdir cache; mount -o loop disk cache

        """

    private static let disksArePossible =
        geteuid() == 0 && (try? Program("unshare", "-m", "sh", "-ec", mountDisk).run().status) == 0

    private static let mountsArePossible =
        geteuid() == 0
        && (try? Program("unshare", "-m", "sh", "-c", "mount -t tmpfs tmpfs /mnt").run().status) == 0

    @Test func offlineTakesAllFromTheCache() throws {
        let before = try pull("--offline", name, "box").run()
        #expect(before.status == 1 && before.errors.contains("not in the cache"), "\(before)")
        try #require(pull(name, "first").run().status == 0)
        try commands.shell("find cache -path '*/tags/*' -type f -exec touch -d '2026-01-02 03:04:05 UTC' {} +")
        let requests = try registry.log()
        let second = try pull("--offline", name, "second").run()
        #expect(second.status == 0 && second.errors.contains("2026-01-02 03:04:05 UTC"), "\(second)")
        #expect(try registry.log() == requests, "the registry was not asked")
        try expectWhole("second")
        let digest = try commands("d-inspect", "--digest", "--offline", name).run().output.dropLast()
        let third = try pull("--offline", "\(registry.address)/app@\(digest)", "third").run()
        #expect(third.status == 0 && !third.errors.contains("2026"), "\(third)")
        let other = try pull("--offline", "\(registry.address)/app:2", "other").run()
        #expect(other.status == 1 && other.errors.contains("app:2 is not in the cache"), "\(other)")
        try commands.shell("find cache -size +1000k -type f -delete")
        let gone = try pull("--offline", name, "gone").run()
        #expect(gone.status == 1 && gone.errors.contains("layer sha256:"), "\(gone)")
    }

    @Test func offlineADamagedBlobIsMissing() throws {
        try #require(pull(name, "first").run().status == 0)
        try commands.shell(
            "for blob in $(find cache -size +1000k); do printf XX | dd of=$blob bs=1 seek=100 conv=notrunc 2>/dev/null; done"
        )
        let result = try pull("--offline", name, "second").run()
        #expect(result.status == 1 && result.errors.contains("not in the cache"), "\(result)")
        #expect(try commands.names().filter { $0.contains("second") }.isEmpty)
    }

    @Test func noCacheTouchesNone() throws {
        let result = try pull("--no-cache", name, "box").run()
        #expect(result.status == 0, "\(result)")
        #expect(!FileManager.default.fileExists(atPath: commands.folder("cache/d-utils")))
        try expectWhole("box")
    }

    /// What `rm` takes away is fetched again, nothing else.
    @Test func anyFileMayBeRemoved() throws {
        try #require(pull(name, "first").run().status == 0)
        for pattern in ["*/tags/*", "*/blobs/*"] {
            let files = try commands.shell("find cache -path '\(pattern)' -type f").split(separator: "\n")
            for (number, file) in files.enumerated() {
                try commands.shell("rm \(file)")
                let result = try pull(name, "box\(number)").run()
                #expect(result.status == 0, "\(file): \(result)")
                try commands.shell("test -f \(file); chmod -R u+w box\(number); rm -rf box\(number)")
            }
        }
    }
}
