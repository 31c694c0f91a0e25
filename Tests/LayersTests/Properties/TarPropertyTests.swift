import Foundation
import TestSupport
import Testing

@testable import Layers

/// Random trees in every format of GNU tar and bsdtar, read here; and archives made here, read by all three.
@Suite(.enabled(if: Program.exists("bsdtar"), "needs bsdtar"))
struct TarPropertyTests {
    /// What a format can hold.
    enum Reach: Int, CaseIterable {
        /// Short names, whole seconds after 1970, no FIFO.
        case v7
        /// Names of up to a hundred bytes, FIFOs.
        case ustar
        /// Names of any length, seconds before 1970.
        case gnu
        /// Nanoseconds.
        case pax

        /// The programs and their options that write such archives.
        var writers: [String] {
            switch self {
            case .v7: ["tar --format=v7", "bsdtar --format=v7tar"]
            case .ustar: ["tar --format=ustar", "bsdtar --format=ustar"]
            case .gnu:
                [
                    "tar --format=gnu", "tar --format=oldgnu", "tar --format=gnu -S", "tar --format=oldgnu -S",
                    "bsdtar --format=gnutar",
                ]
            case .pax:
                ["tar --format=posix", "bsdtar --format=pax"]
                    + ["0.0", "0.1", "1.0"].map { "tar --format=posix -S --sparse-version=\($0)" }
            }
        }
    }

    @Test(arguments: Reach.allCases)
    func isReadAsOthersReadIt(_ reach: Reach) throws {
        for seed in RandomSource.seeds(12) {
            let folder = try TemporaryFolder(inMemory: true)
            var random = RandomSource(seed: seed)
            let tree = Self.randomTree(reach, from: &random)
            let archive = TarBuilder.archive { tar in tree.forEach { $0.add(to: &tar) } }
            try Data(archive).write(to: URL(filePath: folder("tree.tar")))
            let source = "D_UTILS_SEED=\(seed) repeats it: \(reach)"
            // bsdtar 3.6 neither reads nor writes all times before 1970, and does not set that of the root.
            let isNew = tree.allSatisfy { $0.seconds >= 0 }
            for program in isNew ? ["tar", "bsdtar"] : ["tar"] {
                let script = "mkdir -m 755 $1/$0 && exec $0 -xpf $1/tree.tar -C $1/$0"
                let result = try run(script, program, folder.path)
                try #require(result.status == 0, "\(source) \(program) \(result)")
            }
            let expected = try FolderListing.lines(of: folder("tar"))
            try expect(archive, into: folder("ours"), expected, source)
            if isNew {
                let other = try FolderListing.lines(of: folder("bsdtar")).dropFirst()
                let difference = Set(other).symmetricDifference(expected.dropFirst()).sorted()
                #expect(difference.isEmpty, "\(source): bsdtar")
            }

            try makeHoles(in: folder("tar"), tree, from: &random)
            let withHoles = try FolderListing.lines(of: folder("tar"))
            for (number, writer) in reach.writers.enumerated() where isNew || !writer.hasPrefix("bsdtar") {
                let script = "cd $1/tar && exec \(writer) -cf ../made.tar ."
                let result = try run(script, "sh", folder.path)
                try #require(result.status == 0, "\(source) \(writer) \(result)")
                let made = try [UInt8](Data(contentsOf: URL(filePath: folder("made.tar"))))
                try expect(made, into: folder("\(number)"), withHoles, "\(source), \(writer)")
            }
        }
    }

    private func run(_ script: String, _ zeroth: String, _ folder: String) throws -> Program.Result {
        try Program("sh", "-ec", script, zeroth, folder).with(["LC_ALL": "C.UTF-8"]).run()
    }

    private func expect(_ archive: [UInt8], into root: String, _ expected: [String], _ source: String) throws {
        mkdir(root, 0o755)
        var applier = LayerApplier(try RootDirectory(root))
        try applier.apply(ArraySource(archive, chunk: 10_000))
        _ = try applier.finish()
        let found = try FolderListing.lines(of: root)
        let difference = Set(found).symmetricDifference(expected).sorted().joined(separator: "\n")
        #expect(found == expected, "\(source)\nin one listing only:\n\(difference)")
    }

    /// Entries folder by folder and no path twice; in another order GNU tar does not keep the folders' times. No folder
    /// is setgid, for it gives that to the folders in it.
    private static func randomTree(_ reach: Reach, from random: inout RandomSource) -> [StackEntry] {
        let isOld = reach.rawValue >= Reach.gnu.rawValue && random.chance(50)
        func finish(_ entry: StackEntry) -> StackEntry {
            var entry = entry
            entry.mode = random.one(of: [0o644, 0o755, 0o4755, 0o2750, 0o1777, 0o600, 0, 0o7777])
            entry.seconds = random.one(of: [0, 1, 1_700_000_000, random.below(2_000_000_000)])
            if isOld { entry.seconds -= random.one(of: [0, 1_000_000_000]) }
            if reach == .pax, random.chance(70) { entry.nanoseconds = random.below(1_000_000_000) }
            return entry
        }
        var folders: [[String]] = [[]]
        var files: [[String]] = []
        var tree = [finish(StackEntry(kind: .directory, path: []))]
        for number in 0..<random.one(of: [3, 12, 25]) {
            var name = random.one(of: ["n", "é", "a b", "\u{1b}[2J", "new\nline", "-x", "*"]) + "\(number)"
            if reach.rawValue >= Reach.gnu.rawValue, random.chance(20) {
                name += String(repeating: "long", count: random.one(of: [22, 24, 25, 60]))
            }
            let path = random.one(of: folders) + [name]
            var entry = StackEntry(
                kind: random.one(of: [.file, .file, .directory, .symbolicLink, .hardLink, .fifo]), path: path)
            switch entry.kind {
            case .hardLink where files.isEmpty, .fifo where reach == .v7: entry.kind = .file
            case .hardLink: entry.link = random.one(of: files).joined(separator: "/")
            case .symbolicLink: entry.link = random.one(of: ["x", "../y", "/etc/passwd", "a/./b//c/"])
            default: break
            }
            if entry.kind == .file {
                let length = random.one(of: [0, 1, 511, 512, 513, 20_000])
                entry.content = (0..<length / 10 + 1).map { "\($0 * number) " }.joined()
                files.append(path)
            }
            if entry.kind == .directory, path.count < (reach.rawValue >= Reach.gnu.rawValue ? 12 : 3) {
                folders.append(path)
            }
            tree.append(finish(entry))
        }
        tree.sort { $0.path.lexicographicallyPrecedes($1.path) }
        return tree.enumerated().map { index, entry in
            var entry = entry
            if entry.kind == .directory { entry.mode &= ~0o2000 }
            let target = entry.link.split(separator: "/").map(String.init)
            if entry.kind == .hardLink, !tree[..<index].contains(where: { $0.path == target }) { entry.kind = .fifo }
            if entry.kind == .fifo, reach == .v7 { entry.kind = .file }
            if entry.kind != .hardLink, entry.kind != .symbolicLink { entry.link = "" }
            return entry
        }
    }

    /// Makes some files long, with holes.
    private func makeHoles(in root: String, _ tree: [StackEntry], from random: inout RandomSource) throws {
        for entry in tree where entry.kind == .file && random.chance(30) {
            let path = root + "/" + entry.path.joined(separator: "/")
            let file = open(path, O_WRONLY | O_CLOEXEC)
            try #require(file >= 0)
            defer { close(file) }
            ftruncate(file, random.one(of: [0, 100_000, 500_000]))
            for _ in 0..<random.one(of: [0, 1, 5, 40]) { pwrite(file, "data", 4, random.below(110) * 4096) }
            fchmod(file, mode_t(entry.mode))
            let time = timespec(tv_sec: entry.seconds, tv_nsec: entry.nanoseconds)
            futimens(file, [time, time])
        }
    }
}
