import Foundation
import TestSupport
import Testing

/// What `.release/package` makes of the static binary.
@Suite(
    .enabled(if: StaticBuild.folder != nil, "\(StaticBuild.need)"),
    .enabled(if: ["dpkg-deb", "xz"].allSatisfy(Program.exists), "needs dpkg and xz-utils"))
struct PackageTests {
    private let folder: TemporaryFolder
    private let names: [String]

    /// Packs with little compression, for time.
    init() throws {
        folder = try TemporaryFolder()
        let result = try Program(Fixture.project + ".release/package", folder("out"))
            .with(["XZ_OPT": "-0", "DPKG_DEB_COMPRESSOR_LEVEL": "0"]).run()
        try #require(result.status == 0, "\(result)")
        names = try FileManager.default.contentsOfDirectory(atPath: folder("out")).sorted()
    }

    private func path(_ suffix: String) throws -> String {
        folder("out/" + (try #require(names.first { $0.hasSuffix(suffix) })))
    }

    private func shell(_ script: String, _ arguments: String...) throws -> Program.Result {
        let result = try Program(["sh", "-ec", script, "sh"] + arguments).inFolder(folder.path).run()
        try #require(result.status == 0, "\(result)")
        return result
    }

    /// Whatever the umask of the checkout, the file system of the temporary files, the time zone and the language.
    @Test func theSameBinaryGivesTheSameBytes() throws {
        _ = try shell(
            """
            mkdir -p else/.build/static; cp -a "$1/.release" "$1/README.md" "$1/LICENSE" else
            cp -a "$2/root" else/.build/static; chmod -R go-rwx else
            export XZ_OPT=-0 DPKG_DEB_COMPRESSOR_LEVEL=0 TMPDIR=/dev/shm TZ=Asia/Tokyo LC_ALL=C
            else/.release/package again
            """, Fixture.project, StaticBuild.folder ?? "")
        try #require(names.count == 4, "\(names)")
        for name in names {
            #expect(
                FileManager.default.contentsEqual(atPath: folder("out/\(name)"), andPath: folder("again/\(name)")),
                "\(name)")
        }
    }

    @Test func checksumsAreRight() throws {
        let result = try shell("cd out && sha256sum -c SHA256SUMS")
        #expect(result.output.split(separator: "\n").count == 3)
    }

    /// What the gate packed with full compression.
    @Test func staysSmall() throws {
        let packages = Fixture.project + ".build/packages"
        let packed = try FileManager.default.contentsOfDirectory(atPath: packages).filter {
            $0.hasSuffix(".tar.xz") || $0.hasSuffix(".deb")
        }
        #expect(packed.count == 2)
        for name in packed {
            let size = try FileManager.default.attributesOfItem(atPath: "\(packages)/\(name)")[.size] as? Int ?? .max
            #expect(size <= 10_000_000, "\(name): \(size)")
        }
    }

    @Test func theTarballRuns() throws {
        let result = try shell(
            "tar -xJf \"$1\"; */bin/d-pull --version; */bin/d-run --version; ls d-utils-*", try path(".tar.xz"))
        #expect(result.output.hasPrefix("d-pull (d-utils) ") && result.output.contains("LICENSE"), "\(result)")
    }

    @Test(.enabled(if: geteuid() == 0, "needs root"))
    func theDebianPackageIsInstalledAndRemoved() throws {
        // A system of its own, so that this one stays as it is.
        let result = try shell(
            """
            mkdir -p root/var/lib/dpkg/info root/var/lib/dpkg/updates; : >root/var/lib/dpkg/status
            dpkg="dpkg --root=$PWD/root --log=$PWD/log --force-script-chrootless"
            $dpkg -i "$1" >/dev/null
            root/usr/bin/d-pull --version
            ls root/usr/share/man/man1/d-run.1.gz root/usr/share/zsh/vendor-completions/_d-run
            $dpkg -r d-utils >/dev/null
            find root -name '*d-*' -not -path '*/var/lib/dpkg/*'
            """, try path(".deb"))
        #expect(
            result.output.hasPrefix("d-pull (d-utils) ") && result.output.hasSuffix("/vendor-completions/_d-run\n"),
            "\(result)")
    }

    @Test(.enabled(if: Program.exists("bash"), "needs bash"))
    func thePKGBUILDInstalls() throws {
        // As makepkg does: the source by its checksum, unpacked in src, package() with pkgdir.
        let result = try Program(
            "bash", "-euc",
            """
            cd "$1"; . out/PKGBUILD; cd out; echo "$sha256sums  $source" | sha256sum -c --quiet; mkdir -p ../src ../pkg
            tar -C ../src -xf "$source"; cd ../src; pkgdir=$PWD/../pkg; package
            "$pkgdir/usr/bin/d-run" --version; ls "$pkgdir/usr/share/licenses/$pkgname"
            """, "bash", folder.path
        ).run()
        #expect(result.status == 0 && result.output.hasPrefix("d-run (d-utils) "), "\(result)")
    }
}
