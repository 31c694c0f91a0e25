import ContainerImage
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Registry

private let content = (0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* 17 >> 2) }
private let descriptor = Descriptor(mediaType: "x", digest: Digest(of: content), size: Int64(content.count))

@Suite struct BlobCacheTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func cache(_ name: String = "cache") -> BlobCache { BlobCache(folder: folder(name)) }

    /// Downloads, reads and accepts or rejects the blob, as a pull does.
    private func take(_ client: RegistryClient, _ cache: BlobCache) throws -> [UInt8] {
        let blob = Blob(descriptor, cache: cache)
        BlobDownload(blob: blob, client: client, cache: cache).run()
        var chunk = [UInt8](repeating: 0, count: 20_000)
        var found: [UInt8] = []
        while true {
            var span = chunk.mutableSpan
            var buffer = span.mutableBytes
            let count = try blob.read(into: &buffer, at: Int64(found.count))
            if count == 0 { break }
            found += chunk[..<count]
        }
        if found == content { blob.accept() } else { _ = blob.reject() }
        return found
    }

    /// At whatever moment the others look, one of them downloads and the rest use it.
    @Test func aBlobComesOnceHoweverManyWantIt() throws {
        let server = try ScriptedServer { _, _ in .init(body: content) }
        let client = try server.client()
        let rounds = 50
        for round in 0..<rounds {
            let cache = cache("cache\(round)")
            let right = Atomic(0)
            DispatchQueue.concurrentPerform(iterations: 3) { _ in
                if (try? take(client, cache)) == content { right.add(1, ordering: .relaxed) }
            }
            #expect(right.load(ordering: .relaxed) == 3)
            let path = try #require(cache.path(of: descriptor.digest))
            #expect(FileManager.default.contents(atPath: path) == Data(content))
            #expect(!FileManager.default.fileExists(atPath: path + ".part"))
        }
        #expect(server.requests.count == rounds)
    }

    @Test func aTagIsKeptWithItsTime() throws {
        let reference = try Reference(parsing: "localhost:5000/a/b:1")
        let digest = Digest(of: [1])
        #expect(cache().tag(of: reference) == nil)
        cache().keepTag(of: reference, digest)
        cache().keepTag(of: try Reference(parsing: "localhost:5000/a/b/c:1"), Digest(of: [2]))
        let kept = try #require(cache().tag(of: reference))
        #expect(kept.digest == digest && abs(kept.answered.timeIntervalSinceNow) < 3600)
        try folder.write("no digest", to: "cache/tags/localhost:5000/a/b:1")
        #expect(cache().tag(of: reference) == nil)
    }

    @Test func whatIsUnusedForLongGoes() throws {
        let cache = cache()
        cache.keep([1], as: Digest(of: [1]))
        cache.keep([2], as: Digest(of: [2]))
        cache.keepTag(of: try Reference(parsing: "a"), Digest(of: [1]))
        let old = try Program("sh", "-ec", "touch -d '31 days ago' $(find \(folder("cache")) -type f)").run()
        try #require(old.status == 0)
        #expect(cache.document(Digest(of: [2])) == [2], "which is a use")
        cache.removeUnused(days: 30)
        #expect(cache.document(Digest(of: [1])) == nil && cache.document(Digest(of: [2])) == [2])
        #expect(cache.tag(of: try Reference(parsing: "a")) == nil)
    }

    /// A digest's name over other bytes is no document, and is replaced.
    @Test func aDamagedDocumentIsReplaced() throws {
        let cache = cache()
        let digest = Digest(of: [1, 2, 3])
        cache.keep([1, 2, 3], as: digest)
        try Data([9]).write(to: URL(filePath: try #require(cache.path(of: digest))))
        #expect(cache.document(digest) == nil)
        cache.keep([1, 2, 3], as: digest)
        #expect(cache.document(digest) == [1, 2, 3])
    }
}
