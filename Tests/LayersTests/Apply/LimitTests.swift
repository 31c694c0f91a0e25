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

    struct Surroundings: CustomTestStringConvertible {
        let testDescription: String
        let source: EndlessSource
    }

    static let surroundings = [
        Surroundings(
            testDescription: "zeros after the end",
            source: EndlessSource(TarBuilder.archive { $0.file("file") }, thenAgainAndAgain: [0])),
        Surroundings(testDescription: "empty entries", source: endless { $0.directory("d") }),
        Surroundings(testDescription: "whiteouts", source: endless { $0.file(".wh.x", "") }),
        Surroundings(testDescription: "global headers", source: endless { $0.add(pax: [], type: "g") }),
        Surroundings(testDescription: "headers of no entry", source: endless { $0.add(pax: [("a", "b")]) }),
        Surroundings(
            testDescription: "a volume's label with content",
            source: EndlessSource(header { $0.add("label", "V", size: 1 << 32) }, thenAgainAndAgain: [0x55])),
    ]

    private static func header(_ build: (inout TarBuilder) -> Void) -> [UInt8] {
        var builder = TarBuilder()
        build(&builder)
        return builder.bytes
    }

    private static func endless(_ build: (inout TarBuilder) -> Void) -> EndlessSource {
        EndlessSource(thenAgainAndAgain: header(build))
    }

    @Test(arguments: surroundings)
    func whatSurroundsFilesEndsSomewhere(_ layer: Surroundings) throws {
        let folder = try TemporaryFolder(inMemory: true)
        var applier = try LayerApplier(into: folder.path, sizeLimit: 1000)
        #expect(throws: LayerError.streamLimitExceeded(1000 + LayerApplier.surroundings)) {
            try applier.apply(layer.source)
        }
    }

    /// All layers count together, and as much as the files may have is allowed around them.
    @Test func whatSurroundsFilesIsCountedOverAllLayers() throws {
        let folder = try TemporaryFolder(inMemory: true)
        let half = [UInt8](repeating: 0, count: Int(LayerApplier.surroundings))
        var applier = try LayerApplier(into: folder.path, sizeLimit: LayerApplier.surroundings)
        for _ in 0..<2 { try applier.apply(BytesInChunks(half)) }
        #expect(throws: LayerError.streamLimitExceeded(2 * LayerApplier.surroundings)) {
            try applier.apply(BytesInChunks([0]))
        }
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
