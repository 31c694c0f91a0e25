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
    /// that differ between processors, and for the codecs.
    @Test(.enabled(if: Program.exists("swiftc"), "needs swiftc"))
    func compiles() throws {
        try compile(
            ["Checksums"], ["-module-name", "Checksums", "-emit-module", "-o", folder("Checksums.swiftmodule")])
        for sources in [
            ["Layers/Deflate", "Layers/ByteSource.swift", "Layers/WideCopy.swift", "Layers/MutableRawSpan+Copy.swift"],
            ["ContainerImage/Platform.swift"],
            [
                "Bubblewrap/CallNumbers.swift", "Bubblewrap/SeccompFilter.swift",
                "Bubblewrap/SeccompFilter+Program.swift",
            ],
        ] {
            try compile(sources, ["-typecheck"])
        }
    }

    private func compile(_ sources: [String], _ flags: [String]) throws {
        let files = try sources.flatMap { source in
            let path = Fixture.project + "Sources/" + source
            guard !source.hasSuffix(".swift") else { return [path] }
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
