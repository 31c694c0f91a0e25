import Foundation
import TestSupport
import Testing

/// Disks that are full, closed or broken, and the limits of the shell, each in a mount namespace of its own: a clear
/// error, status 1, and nothing left behind.
@Suite(.enabled(if: Program.canMount("size=1m"), "needs root and private mounts"))
struct PullLimitTests {
    struct Limit: CustomTestStringConvertible {
        let testDescription: String
        /// Of the tmpfs to pull into, or `quota`.
        var mount = "size=40m"
        /// What the shell does before it starts the command.
        var shell = ""
        var image = "big"
        var options: [String] = []
        /// What the error must say; nil where the pull must succeed.
        let error: String?
    }

    static let limits = [
        Limit(testDescription: "nothing", error: nil),
        Limit(testDescription: "a small ramdisk", mount: "size=4m", error: nil),
        Limit(
            testDescription: "a disk that is too small", mount: "size=1m",
            error: "the image unpacks to more than"),
        Limit(
            testDescription: "a full disk", mount: "size=1m", options: ["--max-size", "1G"],
            error: "write 'big': No space left on device; free space or inodes"),
        Limit(
            testDescription: "no inodes", mount: "size=40m,nr_inodes=50", image: "many",
            error: "No space left on device; free space or inodes"),
        Limit(
            testDescription: "a read-only file system", mount: "ro",
            error: "cannot make a folder in '.': Read-only file system; use a folder that can be written"),
        Limit(
            testDescription: "a file over the shell's limit", shell: "ulimit -f 1000;",
            error: "write 'big': File too large; raise the limit of the shell, 'ulimit -f'"),
        Limit(testDescription: "few open files", shell: "ulimit -S -n 12;", error: nil),
        Limit(
            testDescription: "too few open files", shell: "ulimit -n 12;",
            error: "no more than 12 files may be open, 64 are needed; raise the limit of the shell, 'ulimit -n'"),
        Limit(testDescription: "a layer that cannot be read", image: "no-layer", error: "Is a directory"),
        Limit(
            testDescription: "an index that cannot be read", image: "no-index", error: "no-index/index.json"),
        Limit(testDescription: "the size allowed", options: ["--max-size", "2000000"], error: nil),
        Limit(
            testDescription: "a byte over the size allowed", options: ["--max-size", "1999999"],
            error: "the image unpacks to more than 1999999 bytes"),
        Limit(testDescription: "closed streams", shell: "exec <&- >&- 2>&-;", error: nil),
        Limit(testDescription: "a closed standard error", shell: "exec 2>&-;", error: nil),
    ]

    @Test(arguments: limits)
    func endsWell(_ limit: Limit) throws {
        try Self.check(limit)
    }

    /// On btrfs: quotas of tmpfs and ext4 are missing in many kernels.
    @Test(.enabled(if: Program.exists("mkfs.btrfs"), "needs btrfs-progs"))
    func quota() throws {
        try Self.check(
            Limit(
                testDescription: "quota", mount: "quota", error: "Disk quota exceeded; free some of your space there"))
    }

    private static func check(_ limit: Limit) throws {
        let folder = try TemporaryFolder()
        try makeImages(in: folder)
        mkdir(folder("disk"), 0o755)
        let script = """
            case $2 in
            quota)
                truncate -s 128M "$1/file"; mkfs.btrfs -q "$1/file"; mount -o loop "$1/file" "$1/disk"
                btrfs quota enable "$1/disk"; btrfs qgroup limit 1M "$1/disk" ;;
            *) mount -t tmpfs -o "$2" none "$1/disk" ;;
            esac >/dev/null 2>&1
            [ "$2" = ro ] || chmod 1777 "$1/disk"; cd "$1/disk"
            layout=$3; shell=$4; shift 4
            setpriv --reuid 1000 --regid 1000 --clear-groups --inh-caps=-all sh -c \
                "$shell"' exec "$0" "$@"' "$@" "oci:../$layout" there >../output 2>../errors && status=0 || status=$?
            echo $status; ls -A; [ ! -d there ] || stat -c '%n %s' there/*.txt there/rootfs/*
            """
        var program = Program(["unshare", "-m", "sh", "-ec", script, "sh", folder.path, limit.mount, limit.image])
        program.arguments += [limit.shell, "\(Commands.folder)/d-pull"] + limit.options
        let result = try program.run()
        let lines = result.output.split(separator: "\n").map(String.init)
        let errors = (try? String(contentsOfFile: folder("errors"), encoding: .utf8)) ?? ""
        if let error = limit.error {
            #expect(lines == ["1"] && errors.contains(error), "\(result) \(errors)")
        } else {
            #expect(
                lines.prefix(2) == ["0", "there"] && lines.contains("there/rootfs/big 2000000"), "\(result) \(errors)")
            let origin = lines.first { $0.hasPrefix("there/image.txt") } ?? ""
            #expect(Int(origin.split(separator: " ").last ?? "") ?? 0 < 400, "no message went to a file: \(origin)")
        }
    }

    private static func makeImages(in folder: TemporaryFolder) throws {
        let script = """
            cd "$1"; head -c 2000000 /dev/zero > big; tar -cf big.tar big; rm big
            mkdir many; cd many; seq 100 | xargs touch; cd ..; tar -cf many.tar many; rm -r many
            """
        try Program("sh", "-ec", script, "sh", folder.path).run()
        for name in ["big", "many"] {
            let layer = try [UInt8](Data(contentsOf: URL(filePath: folder("\(name).tar"))))
            try MadeLayout.make(folder(name), ["latest": [layer]])
        }
        // What can be opened and not read: a folder, and memory at address 0, which is an I/O error.
        let broken = """
            cd "$1"; cp -r big no-layer; cp -r big no-index; ln -sf /proc/self/mem no-index/index.json
            cd no-layer/blobs/sha256
            for blob in *; do [ $(stat -c %s $blob) -lt 100000 ] || { rm $blob; mkdir $blob; }; done
            """
        try Program("sh", "-ec", broken, "sh", folder.path).run()
    }

    /// A layer whose thirty thousand names lie in a folder that is 3600 bytes deep, by way of a short link: 100 MB of
    /// paths.
    @Test func memoryStaysSmallForManyLongPaths() throws {
        let folder = try TemporaryFolder()
        let script = """
            import io, sys, tarfile
            tar = tarfile.open(sys.argv[1], "w", format=tarfile.PAX_FORMAT)
            def add(name, kind, link=""):
                entry = tarfile.TarInfo(name)
                entry.type, entry.linkname = kind, link
                tar.addfile(entry)
            deep = "/".join(["d" * 200] * 18)
            add(deep, tarfile.DIRTYPE)
            add("l", tarfile.SYMTYPE, deep)
            add("l/file", tarfile.REGTYPE)
            for number in range(30000):
                add(f"l/{number}", tarfile.LNKTYPE, "l/file")
            tar.close()
            """
        let made = try Program("python3", "-c", script, folder("tar")).run()
        try #require(made.status == 0, "\(made)")
        try MadeLayout.make(folder("layout"), ["latest": [[UInt8](Data(contentsOf: URL(filePath: folder("tar"))))]])
        let (result, peakMemory) = try Commands.program("d-pull", "oci:" + folder("layout"), folder("there"))
            .runMeasured()
        #expect(result.status == 0, "\(result)")
        #expect(peakMemory < 64 << 20, "\(peakMemory >> 20) MiB")
    }

    @Test func nobodyReads() throws {
        let folder = try TemporaryFolder()
        var ends: [CInt] = [0, 0]
        pipe(&ends)
        close(ends[0])
        defer { close(ends[1]) }
        var program = Commands.program("d-pull", "oci:" + Fixture.path("images/hello"), folder("there"))
        program.arguments = ["env", "--default-signal=PIPE,XFSZ"] + program.arguments
        let child = try program.start(output: ends[1], errors: ends[1], input: ends[1])
        #expect(try Program.wait(for: child, limit: 60) == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["there"])
    }

    /// Blobs that find no room there lie elsewhere; what was begun is no obstacle later.
    @Test(.enabled(if: DockerRegistry.isAvailable && DebianImage.isAvailable, "needs docker-registry and an image"))
    func aFullCacheIsNotPoisoned() throws {
        let folder = try TemporaryFolder()
        let registry = try DockerRegistry()
        try registry.push(layout: DebianImage.layout(), tag: "12", as: "debian:12")
        mkdir(folder("cache"), 0o755)
        let script = """
            cd "$1"; mount -t tmpfs -o size=1m none cache; export XDG_CACHE_HOME="$1/cache"
            "$2" -q "$3/debian:12" there && echo full 0 || echo full $?
            mount -o remount,size=400m cache
            "$2" -q "$3/debian:12" again && echo larger 0 || echo larger $?
            """
        let result = try Program(
            "unshare", "-m", "sh", "-ec", script, "sh", folder.path, "\(Commands.folder)/d-pull", registry.address
        ).run()
        #expect(result.output == "there\nfull 0\nagain\nlarger 0\n", "\(result)")
        #expect(try TreeListing.difference(folder("there/rootfs"), folder("again/rootfs")).isEmpty)
    }
}

extension Program {
    /// Whether this process may mount a tmpfs with these options, in a namespace of its own.
    fileprivate static func canMount(_ options: String) -> Bool {
        let script = "mount -t tmpfs -o \"$1\" none /mnt"
        return geteuid() == 0
            && (try? Program("unshare", "-m", "sh", "-c", script, "sh", options).run().status) == 0
    }
}
