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
    ]
}

@Suite struct AttackTests {
    @Test(arguments: Attack.all, [RootDirectory.Resolution.openat2, .components])
    func reachesNothingOutside(_ attack: Attack, _ resolution: RootDirectory.Resolution) throws {
        let folder = try TemporaryFolder()
        try folder.write("precious", to: "victims/file")
        try folder.write("precious", to: "victims/folder/file")
        mkdir(folder("root"), 0o755)
        let before = try TreeListing.lines(of: folder("victims"))
        var applier = LayerApplier(try RootDirectory(folder("root"), resolution: resolution), sizeLimit: 1 << 20)
        do {
            for layer in attack.layers {
                try applier.apply(ArraySource(TarBuilder.archive { layer(&$0, folder("victims")) }))
            }
            _ = try applier.finish()
        } catch is LayerError {
        }
        #expect(try TreeListing.lines(of: folder("victims")) == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["root", "victims"])
        let status = try FileManager.default.attributesOfItem(atPath: folder("victims/file"))
        #expect(status[.referenceCount] as? Int == 1, "no hard link leads out")
    }
}
