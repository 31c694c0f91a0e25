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

        init(seed: UInt64, mayBeRefused: Bool = true) {
            var random = RandomSource(seed: seed)
            for _ in 0..<random.one(of: [1, 2, 2, 3, 4]) where !isRefused {
                layers.append([])
                model.beginLayer()
                for _ in 0..<random.below(20) where !isRefused {
                    let entry = StackEntry.random(from: &random)
                    var next = model
                    do {
                        try next.apply(entry)
                        model = next
                    } catch {
                        guard mayBeRefused, random.chance(3) else { continue }
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

    @Test(arguments: 0..<4)
    func equalsTheModel(_ part: Int) throws {
        let folder = try TemporaryFolder(inMemory: true)
        for seed in RandomSource.seeds(3000, part: part, of: 4) {
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
}
