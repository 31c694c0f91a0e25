import Checksums
import Foundation
import TestSupport
import Testing

/// What can be shown of arm64 on another machine.
@Suite struct Arm64Tests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// The toolchain brings no Foundation for arm64, but the standard library of Embedded Swift: enough for the files
    /// that differ between processors, and for the codecs. They become machine code, so no check of the compiler is left
    /// out.
    @Test(.enabled(if: Program.exists("swiftc"), "needs swiftc"))
    func compiles() throws {
        try compileChecksums()
        for sources in [
            ["Layers/Deflate", "Layers/ByteSource.swift", "Layers/WideCopy.swift", "Layers/MutableRawSpan+Copy.swift"],
            ["ContainerImage/Platform.swift"],
            [
                "Bubblewrap/CallNumbers.swift", "Bubblewrap/SeccompFilter.swift",
                "Bubblewrap/SeccompFilter+Program.swift",
            ],
        ] {
            try compile(sources.map(source), ["-c", "-o", folder("part.o")])
        }
    }

    static let linkerNeeds = ["swiftc", "ld.lld", "qemu-aarch64-static"]

    /// A static program of the module and Debian's C library, emulated.
    @Test(
        .enabled(
            if: linkerNeeds.allSatisfy(Program.exists) && access("/usr/aarch64-linux-gnu/lib/libc.a", R_OK) == 0,
            "needs swiftc, ld.lld, qemu-user-static, libc6-dev-arm64-cross and libgcc-12-dev-arm64-cross"))
    func checksumsAreRight() throws {
        try compileChecksums("-O")
        let main = try folder.write(
            """
            import Checksums
            @_extern(c) func getchar() -> Int32
            @_extern(c) func putchar(_ character: Int32) -> Int32
            @main struct Main {
                static func main() {
                    var input: [UInt8] = []
                    while case let byte = getchar(), byte >= 0 { input.append(UInt8(byte)) }
                    var (sha256, sha512, crc32, xxh64) = (SHA256(), SHA512(), CRC32(), XXH64())
                    for part in [0..<7, 7..<input.count] {
                        let bytes = input.span.bytes.extracting(part)
                        sha256.update(bytes); sha512.update(bytes); crc32.update(bytes); xxh64.update(bytes)
                    }
                    let digests = sha256.finalize() + sha512.finalize()
                    for value in digests.map { UInt64($0) } + [UInt64(crc32.value), xxh64.value] {
                        for digit in String(value).utf8 { _ = putchar(Int32(digit)) }
                        _ = putchar(10)
                    }
                }
            }
            """, to: "main.swift")
        try compile([main], ["-c", "-o", folder("main.o"), "-enable-experimental-feature", "Extern"])
        var program = Program(
            "sh", "-ec",
            """
            cd "$1"; lib=/usr/aarch64-linux-gnu/lib
            ld.lld -static -o main $lib/crt1.o $lib/crti.o main.o Checksums.o \
                --start-group $lib/libc.a /usr/lib/gcc-cross/aarch64-linux-gnu/*/libgcc*.a --end-group $lib/crtn.o
            exec qemu-aarch64-static ./main
            """, "sh", folder.path)
        program.input = String(repeating: "0123456789abcdef ä", count: 10_000)
        let result = try program.run()
        let bytes = [UInt8](program.input.utf8)
        var (sha256, sha512, crc32, xxh64) = (SHA256(), SHA512(), CRC32(), XXH64())
        sha256.update(bytes.span.bytes)
        sha512.update(bytes.span.bytes)
        crc32.update(bytes.span.bytes)
        xxh64.update(bytes.span.bytes)
        let digests = sha256.finalize() + sha512.finalize()
        let expected = digests.map { UInt64($0) } + [UInt64(crc32.value), xxh64.value]
        #expect(result.output == expected.map { "\($0)\n" }.joined() && result.status == 0, "\(result)")
    }

    private func compileChecksums(_ flags: String...) throws {
        let module = ["-module-name", "Checksums", "-emit-module-path", folder("Checksums.swiftmodule")]
        try compile([source("Checksums")], module + ["-c", "-o", folder("Checksums.o")] + flags)
    }

    private func source(_ name: String) -> String { Fixture.project + "Sources/" + name }

    private func compile(_ sources: [String], _ flags: [String]) throws {
        let files = try sources.flatMap { path in
            guard !path.hasSuffix(".swift") else { return [path] }
            return try FileManager.default.contentsOfDirectory(atPath: path).map { "\(path)/\($0)" }
        }
        let result = try Program(
            ["swiftc", "-target", "aarch64-none-none-elf", "-enable-experimental-feature", "Embedded"]
                + ["-enable-upcoming-feature", "MemberImportVisibility", "-swift-version", "6", "-parse-as-library"]
                + ["-wmo", "-module-cache-path", folder("cache"), "-I", folder.path] + flags + files
        ).run()
        #expect(result.status == 0, "\(result)")
    }

    @Test(.enabled(if: Program.exists("qemu-aarch64-static"), "needs qemu-user-static"))
    func theImageRunsEmulated() throws {
        let pulled = try Commands.program(
            "d-pull", "--platform", "linux/arm64", "oci:" + Fixture.path("images/hello"), folder("hello")
        ).run()
        #expect(pulled.status == 0, "\(pulled)")
        let result = try Program("qemu-aarch64-static", folder("hello/rootfs/hello")).run()
        #expect(result.output == "Hello from a container for linux/arm64.\n" && result.status == 0, "\(result)")
    }

    @Test(
        .enabled(
            if: ["qemu-aarch64-static", "bwrap"].allSatisfy(Program.exists), "needs qemu-user-static and bubblewrap"))
    func theImageRunsEmulatedInItsContainer() throws {
        let pulled = try Commands.program(
            "d-pull", "--platform", "linux/arm64", "oci:" + Fixture.path("images/hello"), folder("hello")
        ).run()
        #expect(pulled.status == 0, "\(pulled)")
        let result = try Commands.program(
            "d-run", "-v", "/usr/bin/qemu-aarch64-static:/qemu:ro", folder("hello"), "/qemu", "/hello"
        ).run()
        #expect(result.output == "Hello from a container for linux/arm64.\n" && result.status == 0, "\(result)")
    }

    /// The kernel takes formats for a user namespace alone, so that nothing of the machine changes.
    private static let registration = """
        mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc && echo \
        ':arm64:M:18:\\xb7\\x00::/usr/bin/qemu-aarch64-static:F' > /proc/sys/fs/binfmt_misc/register
        """

    private static let canRegister =
        Program.exists("qemu-aarch64-static") && RunContainer.isPossible
        && (try? Program("unshare", "-Urm", "bash", "-c", registration).run().status) == 0

    @Test(.enabled(if: canRegister, "needs qemu-user-static, bubblewrap and binfmt_misc in user namespaces"))
    func theImageRunsByItselfWhereTheKernelKnowsHow() throws {
        let pulled = try Commands.program(
            "d-pull", "--platform", "linux/arm64", "oci:" + Fixture.path("images/hello"), folder("hello")
        ).run()
        #expect(pulled.status == 0, "\(pulled)")
        let run = Commands.program("d-run", folder("hello"))
        let refused = try run.run()
        #expect(
            refused.status == 126 && refused.errors.contains("/hello is a program for arm64, and this machine is"),
            "\(refused)")
        let result = try Program(["unshare", "-Urm", "bash", "-c", Self.registration + "; exec $0 $1"] + run.arguments)
            .run()
        #expect(result.output == "Hello from a container for linux/arm64.\n" && result.status == 0, "\(result)")
    }
}
