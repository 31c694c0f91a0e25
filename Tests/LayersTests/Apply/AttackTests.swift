import Foundation
import TestSupport
import Testing

@testable import Layers

/// What a hostile image may try to reach outside its root, layer by layer. `@` in a link stands for the folder that
/// holds both the root and the victims.
struct Attack: CustomTestStringConvertible {
    let testDescription: String
    let layers: [@Sendable (inout TarBuilder, String) -> Void]

    init(_ name: String, _ layers: (@Sendable (inout TarBuilder, String) -> Void)...) {
        testDescription = name
        self.layers = layers
    }

    static let all = [
        Attack(
            "write through a link to a folder",
            { tar, outside in
                tar.symbolicLink("l", to: outside)
                tar.file("l/file", "evil")
            }),
        Attack(
            "write through a link of a lower layer", { tar, outside in tar.symbolicLink("l", to: outside) },
            { tar, _ in tar.file("l/file", "evil") }),
        Attack(
            "write through a relative link",
            { tar, _ in
                tar.symbolicLink("l", to: "..")
                tar.file("l/victims/file", "evil")
            }),
        Attack(
            "write through a chain of links",
            { tar, _ in
                tar.symbolicLink("a", to: "b/..")
                tar.symbolicLink("b", to: "../..")
                tar.file("a/victims/file", "evil")
            }),
        Attack(
            "write through a link to the file",
            { tar, outside in
                tar.symbolicLink("l", to: "\(outside)/file")
                tar.file("l", "evil")
            }),
        Attack(
            "a directory's mode through a link",
            { tar, outside in
                tar.symbolicLink("l", to: outside)
                tar.directory("l", mode: 0o777)
            }),
        Attack(
            "a directory's mode through a link of a lower layer",
            { tar, outside in tar.symbolicLink("l", to: outside) },
            { tar, _ in tar.directory("l/", mode: 0o700) }),
        Attack(
            "a directory that becomes a link before its mode is set",
            { tar, outside in
                tar.directory("d", mode: 0o700)
                tar.directory("d/sub", mode: 0o700)
                tar.symbolicLink("d", to: outside)
            }),
        Attack("hard link to an absolute path", { tar, outside in tar.hardLink("h", to: "\(outside)/file") }),
        Attack(
            "hard link through a link, then written",
            { tar, outside in
                tar.symbolicLink("l", to: outside)
                tar.hardLink("h", to: "l/file")
                tar.file("h", "evil")
            }),
        Attack(
            "hard link to a link, then written",
            { tar, outside in
                tar.symbolicLink("l", to: "\(outside)/file")
                tar.hardLink("h", to: "l")
                tar.file("h", "evil")
            }),
        Attack("hard link with dots", { tar, _ in tar.hardLink("h", to: "../victims/file") }),
        Attack("dots in a name", { tar, _ in tar.file("a/../../victims/file", "evil") }),
        Attack("an absolute name", { tar, outside in tar.file("\(outside)/file", "evil") }),
        Attack(
            "whiteout through a link", { tar, outside in tar.symbolicLink("l", to: outside) },
            { tar, _ in tar.file("l/.wh.file", "") }),
        Attack(
            "opaque marker through a link", { tar, outside in tar.symbolicLink("l", to: outside) },
            { tar, _ in tar.file("l/.wh..wh..opq", "") }),
        Attack(
            "whiteout of a link", { tar, outside in tar.symbolicLink("l", to: outside) },
            { tar, _ in tar.file(".wh.l", "") }),
        Attack("whiteout of the parent", { tar, _ in tar.file(".wh...", "") }),
        Attack(
            "whiteout of a directory with links in it",
            { tar, outside in
                tar.directory("d")
                tar.symbolicLink("d/l", to: outside)
            }, { tar, _ in tar.file(".wh.d", "") }),
        Attack("the root as a link", { tar, outside in tar.symbolicLink(".", to: outside) }),
        Attack("the root as a link by an absolute name", { tar, outside in tar.symbolicLink("/", to: outside) }),
        Attack(
            "a directory replaced by a link, in one layer",
            { tar, outside in
                tar.directory("d")
                tar.file("d/file", "good")
                tar.symbolicLink("d", to: outside)
                tar.file("d/file", "evil")
            }),
        Attack(
            "times through a link",
            { tar, outside in
                tar.symbolicLink("l", to: "\(outside)/file")
                tar.add("l", "2", mtime: 1, link: "\(outside)/file")
            }),
        Attack(
            "a FIFO through a link",
            { tar, outside in
                tar.symbolicLink("l", to: "\(outside)/new")
                tar.add("l", "6")
            }),
        Attack(
            "a long name in a pax header",
            { tar, outside in
                tar.add(pax: [("path", "../victims/file")])
                tar.file("x", "evil")
            }),
        Attack(
            "a link made by a pax header",
            { tar, outside in
                tar.add(pax: [("linkpath", outside)])
                tar.symbolicLink("l", to: "harmless")
                tar.file("l/file", "evil")
            }),
        Attack(
            "links that go round",
            { tar, _ in
                tar.symbolicLink("a", to: "b")
                tar.symbolicLink("b", to: "a")
                tar.file("a/x", "evil")
            }),
        Attack(
            "attributes through a link",
            { tar, outside in
                tar.symbolicLink("l", to: "\(outside)/file")
                tar.add(pax: [("SCHILY.xattr.user.evil", "1")])
                tar.hardLink("h", to: "l")
            }),
        Attack(
            "write through a relative link of a lower layer", { tar, _ in tar.symbolicLink("l", to: "../victims") },
            { tar, _ in tar.file("l/file", "evil") }),
        Attack(
            "write through a relative link from deep inside",
            { tar, _ in
                tar.symbolicLink("a/b/c/l", to: "../../../../victims")
                tar.file("a/b/c/l/file", "evil")
            }),
        Attack(
            "write below a link, with parents to be made",
            { tar, outside in
                tar.symbolicLink("l", to: outside)
                tar.file("l/new/folder/file", "evil")
            }),
        Attack(
            "write through a link to a link",
            { tar, outside in
                tar.symbolicLink("l", to: outside)
                tar.hardLink("h", to: "l")
                tar.file("h/file", "evil")
            }),
        Attack(
            "write through the links of /proc",
            { tar, _ in
                for target in ["/proc/self/root", "/proc/self/cwd", "/proc/1/root", "/proc/self/fd/3"] {
                    tar.symbolicLink("l", to: target)
                    tar.file("l/file", "evil")
                    tar.file("l/victims/file", "evil")
                }
            }),
        Attack(
            "write through a link whose name has a newline",
            { tar, outside in
                tar.symbolicLink("l\n", to: outside)
                tar.file("l\n/file", "evil")
            }),
        Attack(
            "a sparse file through a link",
            { tar, outside in
                tar.symbolicLink("l", to: outside)
                tar.add(pax: [("GNU.sparse.size", "9"), ("GNU.sparse.map", "5,4"), ("GNU.sparse.name", "l/file")])
                tar.file("x", "evil")
            }),
        Attack(
            "a folder's mode and time through a link to the folder above",
            { tar, outside in
                tar.symbolicLink("l", to: outside)
                tar.directory("l/folder", mode: 0o777)
            }),
        Attack(
            "a folder's mode through a link that comes after it, in a higher layer",
            { tar, _ in tar.directory("d/folder", mode: 0o700) },
            { tar, outside in tar.symbolicLink("d", to: outside) }),
        Attack(
            "a hard link's name through a link",
            { tar, outside in
                tar.symbolicLink("l", to: outside)
                tar.file("x", "evil")
                tar.hardLink("l/file", to: "x")
            }),
        Attack(
            "hard link through a link of a lower layer, then its mode",
            { tar, outside in tar.symbolicLink("l", to: outside) },
            { tar, _ in
                tar.hardLink("h", to: "l/file")
                tar.file("h", "evil", mode: 0o777)
            }),
        Attack("hard link to a relative path above", { tar, _ in tar.hardLink("h", to: "a/../../victims/file") }),
        Attack("hard link to a folder outside", { tar, outside in tar.hardLink("h", to: outside) }),
        Attack(
            "hard link by a pax header",
            { tar, outside in
                tar.add(pax: [("linkpath", "\(outside)/file")])
                tar.hardLink("h", to: "x")
            }),
        Attack(
            "a symbolic link through a link",
            { tar, outside in
                tar.symbolicLink("l", to: outside)
                tar.symbolicLink("l/file", to: "elsewhere")
            }),
        Attack(
            "a FIFO and a device through a link to the folder",
            { tar, outside in
                tar.symbolicLink("l", to: outside)
                tar.add("l/file", "6")
                tar.add("l/folder", "3")
            }),
        Attack(
            "whiteout through a relative link, in one layer",
            { tar, _ in
                tar.symbolicLink("l", to: "../victims")
                tar.file("l/.wh.file", "")
                tar.file("l/.wh.folder", "")
            }),
        Attack(
            "whiteout through a link of a lower layer to the folder above",
            { tar, _ in tar.symbolicLink("l", to: "..") },
            { tar, _ in
                tar.file("l/.wh.victims", "")
                tar.file("l/victims/.wh.file", "")
            }),
        Attack(
            "opaque marker through a relative link, in one layer",
            { tar, _ in
                tar.symbolicLink("l", to: "../victims")
                tar.file("l/.wh..wh..opq", "")
                tar.file("l/folder/.wh..wh..opq", "")
            }),
        Attack(
            "opaque marker over a folder with links in it", { tar, outside in tar.symbolicLink("d/l", to: outside) },
            { tar, _ in tar.file("d/.wh..wh..opq", "") }),
        Attack(
            "opaque marker over a folder of this layer that has become a link",
            { tar, _ in tar.file("d/folder/file") },
            { tar, outside in
                tar.symbolicLink("d", to: outside)
                tar.file("d/.wh..wh..opq", "")
                tar.file(".wh..wh..opq", "")
            }),
        Attack("whiteout with dots before it", { tar, _ in tar.file("../victims/.wh.file", "") }),
        Attack("opaque marker with dots before it", { tar, _ in tar.file("../victims/.wh..wh..opq", "") }),
        Attack("the root as a relative link", { tar, _ in tar.symbolicLink("./", to: "../victims") }),
        Attack("the root as a file", { tar, _ in tar.file(".", "evil") }),
        Attack("the root as a hard link", { tar, outside in tar.hardLink("/", to: "\(outside)/file") }),
        Attack("the root as a FIFO", { tar, _ in tar.add("./", "6") }),
        Attack("the root as a device", { tar, _ in tar.add(".", "4") }),
        Attack("a whiteout of the root", { tar, _ in tar.file(".wh..", "") }),
        Attack(
            "a link where a folder is to be made, then a folder again",
            { tar, outside in
                tar.symbolicLink("d", to: outside)
                tar.directory("d")
                tar.directory("d", mode: 0o700)
                tar.file(".wh.d", "")
            }, { tar, _ in tar.file("d/file", "evil") }),
        Attack(
            "closed folders on the way",
            { tar, outside in
                tar.directory("d", mode: 0)
                tar.symbolicLink("d/l", to: outside)
                tar.directory("d/l/folder", mode: 0)
            }, { tar, _ in tar.file("d/l/file", "evil") }),
    ]
}

@Suite struct AttackTests {
    /// Who unpacks, and how paths are resolved.
    struct Way: CustomTestStringConvertible {
        let account: Account
        let resolution: RootDirectory.Resolution
        var testDescription: String { "\(account), \(resolution)" }

        static let all = Account.allCases.flatMap { account in
            [.openat2, .components].map { Way(account: account, resolution: $0) }
        }

        /// Unpacks into `root`, which is made.
        func unpack(_ layers: [[UInt8]], into root: String, sizeLimit: Int64 = 1 << 20) throws {
            try account.run {
                mkdir(root, 0o755)
                var applier = LayerApplier(try RootDirectory(root, resolution: resolution), sizeLimit: sizeLimit)
                for layer in layers { try applier.apply(ArraySource(layer)) }
                _ = try applier.finish()
            }
        }
    }

    /// The victims belong to who unpacks, so that nothing but the applier protects them.
    @Test(arguments: Attack.all)
    func reachesNothingOutside(_ attack: Attack) throws {
        let folder = try TemporaryFolder(inMemory: true)
        for (number, way) in Way.all.enumerated() {
            let place = folder("\(number)")
            try way.account.run {
                try folder.write("precious", to: "\(number)/victims/file")
                try folder.write("precious", to: "\(number)/victims/folder/file")
            }
            let before = try Self.state(of: "\(place)/victims")
            let layers = attack.layers.map { layer in TarBuilder.archive { layer(&$0, "\(place)/victims") } }
            do {
                try way.unpack(layers, into: "\(place)/root")
            } catch is LayerError {
            }
            #expect(try Self.state(of: "\(place)/victims") == before, "\(way)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: place).sorted() == ["root", "victims"])
        }
    }

    /// Content, mode, times and link count of all that is there; a link made or an attribute set shows in ctime.
    private static func state(of folder: String) throws -> [String] {
        try ["", "/file", "/folder", "/folder/file"].map { name in
            var status = stat()
            try #require(lstat(folder + name, &status) == 0)
            return "\(status.st_nlink) \(status.st_uid) \(status.st_ctim.tv_sec)+\(status.st_ctim.tv_nsec)"
        } + FolderListing.lines(of: folder)
    }

    @Test(arguments: Way.all)
    func aLinkedParentInsideTheImageIsFollowed(_ way: Way) throws {
        let folder = try TemporaryFolder()
        let layers = [
            TarBuilder.archive { tar in
                tar.directory("usr/bin")
                tar.symbolicLink("bin", to: "usr/bin")
                tar.symbolicLink("sbin", to: "/bin")
                tar.symbolicLink("out", to: "../../usr")
                tar.file("bin/a")
            },
            TarBuilder.archive { tar in
                tar.file("sbin/b")
                tar.file("out/bin/sub/c")
                tar.file("bin/.wh.a", "")
            },
        ]
        try way.unpack(layers, into: folder("root"))
        let found = try FolderListing.lines(of: folder("root")).compactMap { $0.split(separator: "\"").first }
        #expect(
            found == [
                ".", "./bin", "./out", "./sbin", "./usr", "./usr/bin", "./usr/bin/b", "./usr/bin/sub",
                "./usr/bin/sub/c",
            ])
    }

    @Test(arguments: Way.all)
    func absoluteNamesAndTheRootsOwnEntry(_ way: Way) throws {
        let folder = try TemporaryFolder()
        let layer = TarBuilder.archive { tar in
            tar.add("/", "5", mode: 0o2710, mtime: 5)
            tar.file("/etc/passwd", "inside")
        }
        try way.unpack([layer], into: folder("root"))
        #expect(try String(contentsOfFile: folder("root/etc/passwd"), encoding: .utf8) == "inside")
        #expect(try FolderListing.lines(of: folder("root"))[0] == FolderListing.line(".", "directory 2710", 5, 0, nil))
    }

    @Test(arguments: [
        "..", "../x", "a/..", "a/../x", "/../x", "./../x", "a/b/../../../x", "../.wh.x", ".wh.", ".wh..", ".wh...",
        "a/.wh.", "a/.wh...", String(repeating: "a/", count: 2048) + "b",
    ])
    func namesThatAreRefused(_ name: String) throws {
        let folder = try TemporaryFolder()
        for way in Way.all {
            #expect(throws: LayerError.self) {
                try way.unpack([TarBuilder.archive { $0.file(name) }], into: folder("\(way.account)-\(way.resolution)"))
            }
        }
    }

    @Test func whatIsWrittenHasALimit() throws {
        let folder = try TemporaryFolder()
        let layers = [1, 2].map { number in
            TarBuilder.archive { tar in
                tar.file("a\(number)", String(repeating: "x", count: 600))
                tar.file("empty\(number)", "")
                tar.hardLink("h\(number)", to: "a\(number)")
            }
        }
        let sparse = TarBuilder.archive { tar in
            tar.add(pax: [
                ("GNU.sparse.size", "9999999999"), ("GNU.sparse.map", "9999999990,2"), ("GNU.sparse.name", "s"),
            ])
            tar.file("x", "xx")
        }
        for way in Way.all {
            let root = folder("\(way.account)-\(way.resolution)")
            try way.unpack(layers + [sparse], into: root + "-fits", sizeLimit: 1202)
            for limit in [0, 599, 600, 1199, 1201] as [Int64] {
                #expect(throws: LayerError.sizeLimitExceeded(limit)) {
                    try way.unpack(layers + [sparse], into: "\(root)-\(limit)", sizeLimit: limit)
                }
            }
        }
    }
}
