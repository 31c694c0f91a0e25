import Foundation
import TestSupport
import Testing

@testable import Layers

/// Layers that ask for more than any file needs.
@Suite struct LimitTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        var isRefused = true
        let build: @Sendable (inout TarBuilder) -> Void
    }

    private static func attributes(_ count: Int, of size: Int, from start: Int = 0) -> [(String, String)] {
        (start..<start + count).map { ("SCHILY.xattr.user.\($0)", String(repeating: "x", count: size)) }
    }

    static let cases = [
        Case(testDescription: "more than a MiB of attributes, over global headers") { tar in
            for number in 0..<3 { tar.add(pax: attributes(1, of: 400_000, from: number), type: "g") }
        },
        Case(testDescription: "a sparse map over many headers") { tar in
            let piece = [("GNU.sparse.offset", "0"), ("GNU.sparse.numbytes", "0")]
            for _ in 0..<33 { tar.add(pax: Array(repeatElement(piece, count: 16_384).joined())) }
            tar.file("x")
        },
        Case(testDescription: "a sparse map in the content with too many pieces") { tar in
            tar.add(pax: [("GNU.sparse.major", "1"), ("GNU.sparse.realsize", "1")])
            tar.file("x", "524289\n")
        },
        Case(testDescription: "a path that links make longer than any name") { tar in
            let deep = (0..<30).map { _ in String(repeating: "d", count: 100) }.joined(separator: "/")
            tar.directory(deep)
            tar.symbolicLink("l", to: deep)
            tar.file("l/\(deep)/file")
        },
        Case(testDescription: "a name that links make longer than any name") { tar in
            let deep = (0..<40).map { _ in String(repeating: "d", count: 100) }.joined(separator: "/")
            tar.directory(deep)
            tar.symbolicLink("l", to: deep)
            tar.file("l/" + String(repeating: "f", count: 200))
        },
    ]

    @Test(arguments: cases)
    func isHeld(_ limit: Case) throws {
        let folder = try TemporaryFolder(inMemory: true)
        mkdir(folder("root"), 0o755)
        var applier = LayerApplier(try RootDirectory(folder("root")))
        var error: (any Error)?
        do {
            try applier.apply(ArraySource(TarBuilder.archive(limit.build)))
        } catch let found {
            error = found
        }
        #expect((error is TarError || error is LayerError) == limit.isRefused, "\(String(describing: error))")
    }

    /// Every opaque marker looks at what the layer itself has made only once.
    @Test func aMarkerAgainAndAgainCostsNothing() throws {
        let folder = try TemporaryFolder(inMemory: true)
        mkdir(folder("root"), 0o755)
        var applier = LayerApplier(try RootDirectory(folder("root")))
        try applier.apply(
            ArraySource(
                TarBuilder.archive { tar in
                    tar.directory(String(repeating: "d/", count: 1000))
                    for _ in 0..<3000 { tar.file(".wh..wh..opq", "") }
                }))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder("root")) == ["d"])
    }

    @Test func aTableOfPathsIsADictionary() throws {
        var table = PathTable<Int>()
        var judge: [String: Int] = [:]
        var random = RandomSource(seed: 1)
        for value in 0..<20_000 {
            let name = "\(random.below(50))/\(random.below(300))"
            let isNew = table.set(value, for: try EntryPath(name: Array(name.utf8)))
            #expect(isNew == (judge.updateValue(value, forKey: name) == nil))
        }
        for first in 0..<50 {
            for second in 0..<300 {
                let name = "\(first)/\(second)"
                #expect(table[try EntryPath(name: Array(name.utf8))] == judge[name])
            }
        }
        #expect(table[.root] == nil)
    }
}
