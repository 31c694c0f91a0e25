import Foundation
import TestSupport
import Testing

@testable import Layers

/// Random stacks of layers against the model, and some of them against umoci.
@Suite struct StackPropertyTests {
    /// A stack that ends well in the model, or ends with an entry that must be refused.
    struct Stack {
        var layers: [[StackEntry]] = []
        var model = StackModel()
        var isRefused = false

        /// A tidy one has an entry for every folder, and ends well.
        init(seed: UInt64, isTidy: Bool = false) {
            var random = RandomSource(seed: seed)
            for _ in 0..<random.one(of: [1, 2, 2, 3, 4]) where !isRefused {
                layers.append([])
                model.beginLayer()
                for _ in 0..<random.below(20) where !isRefused {
                    var entry = StackEntry.random(from: &random)
                    if isTidy, layers.count == 1, layers[0].isEmpty {
                        entry = StackEntry(kind: .directory, path: [], mode: 0o755)
                    }
                    // umoci 0.4 removes what is linked to itself, and makes an empty file where it can make no device.
                    if isTidy,
                        entry.kind == .device || !model.hasFolder(for: entry)
                            || entry.link == entry.path.joined(separator: "/")
                    {
                        continue
                    }
                    var next = model
                    do {
                        try next.apply(entry)
                        model = next
                    } catch {
                        guard !isTidy, random.chance(3) else { continue }
                        isRefused = true
                    }
                    layers[layers.count - 1].append(entry)
                }
            }
        }

        func tar(_ layer: [StackEntry]) -> [UInt8] {
            TarBuilder.archive { tar in layer.forEach { $0.add(to: &tar) } }
        }
    }

    /// Stacks of long runs in which the model and the applier differed once.
    private static let found: [UInt64] = [4942, 9437, 13282]

    @Test(arguments: 0..<4)
    func equalsTheModel(_ part: Int) throws {
        let folder = try TemporaryFolder(inMemory: true)
        for seed in RandomSource.seeds(2000, part: part, of: 4) + (part == 0 ? Self.found : []) {
            let stack = Stack(seed: seed)
            let account = Account.allCases[Int(seed / 2 % 2)]
            let resolution: RootDirectory.Resolution = seed % 2 == 0 ? .openat2 : .components
            let root = folder("\(seed)")
            var found: [String]
            do {
                try account.run { try Self.unpack(stack, resolution, into: root) }
                found = try FolderListing.lines(of: root)
            } catch is LayerError {
                found = ["refused"]
            }
            try account.run { try Tree.remove(root) }
            let expected = stack.isRefused ? ["refused"] : stack.model.listing
            #expect(
                found == expected,
                """
                D_UTILS_SEED=\(seed) repeats it: \(account), \(resolution)
                \(stack.layers.map { $0.map(\.description).joined(separator: "\n") }.joined(separator: "\n--\n"))
                in one listing only:
                \(Set(found).symmetricDifference(expected).sorted().joined(separator: "\n"))
                """)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    private static func unpack(_ stack: Stack, _ resolution: RootDirectory.Resolution, into root: String) throws {
        mkdir(root, 0o755)
        var applier = LayerApplier(try RootDirectory(root, resolution: resolution))
        for layer in stack.layers { try applier.apply(ArraySource(stack.tar(layer), chunk: 700)) }
        _ = try applier.finish()
    }

    /// umoci gives folders without an entry a time of its own, and makes none in the place of a file.
    @Test(.enabled(if: Program.exists("umoci"), "needs umoci"))
    func equalsUmoci() throws {
        let folder = try TemporaryFolder(inMemory: true)
        let stacks = RandomSource.seeds(15).map { (seed: $0, stack: Stack(seed: $0, isTidy: true)) }
        try MadeLayout.make(
            folder("layout"),
            Dictionary(uniqueKeysWithValues: stacks.map { ("s\($0.seed)", $0.stack.layers.map($0.stack.tar)) }))
        for (seed, stack) in stacks {
            let judge = try Program(
                "umoci", "unpack", "--rootless", "--image", "\(folder("layout")):s\(seed)", folder("umoci-\(seed)")
            ).run()
            try #require(
                judge.status == 0,
                "D_UTILS_SEED=\(seed) \(judge)")
            let found = try FolderListing.lines(of: folder("umoci-\(seed)/rootfs"))
            let expected = stack.model.listing
            #expect(
                found == expected,
                """
                D_UTILS_SEED=\(seed) repeats it
                \(stack.layers.map { $0.map(\.description).joined(separator: "\n") }.joined(separator: "\n--\n"))
                in one listing only:
                \(Set(found).symmetricDifference(expected).sorted().joined(separator: "\n"))
                """)
        }
    }
}
