public import ContainerImage
public import Layers
internal import Registry
import Synchronization

/// A blob as it is read: from the file that still grows, checked against its descriptor as it passes. Once its end was
/// reached and the digest is right, the blob takes its place in the cache.
public struct VerifiedBlob: ByteSource, Sendable {
    /// How many bytes of a blob have been read, for those who watch.
    final class Position: Sendable {
        let value = Atomic<Int64>(0)
    }

    private let blob: Blob
    private let position: Position
    private let interruption: Interruption
    private var verifier: DigestVerifier<BlobSource>

    init(_ blob: Blob, _ interruption: Interruption) {
        let position = Position()
        self.blob = blob
        self.position = position
        self.interruption = interruption
        verifier = DigestVerifier(
            BlobSource(blob: blob, position: position, interruption: interruption), blob.descriptor.digest,
            size: blob.descriptor.size, subject: "blob \(blob.descriptor.digest)")
    }

    /// What the manifest says of it.
    public var descriptor: Descriptor { blob.descriptor }

    var bytesPresent: Int64 { blob.bytesPresent }

    var bytesRead: Int64 { position.value.load(ordering: .relaxed) }

    /// Throws `DamagedBlob` when the content is not what the descriptor says, or a file of the cache cannot be read; it
    /// is dropped from the cache then.
    public mutating func read(into buffer: inout MutableRawSpan) throws -> Int {
        do {
            let count = try verifier.read(into: &buffer)
            if count == 0 { blob.accept() }
            return count
        } catch  where error is VerificationError || error is UnreadableBlob {
            throw blob.reject() ? DamagedBlob() : error
        }
    }

    /// Reads all of it anew for nothing but the digest.
    public func verify() throws {
        var source = VerifiedBlob(blob, interruption)
        var chunk = [UInt8](repeating: 0, count: 256 << 10)
        var count = 0
        repeat {
            var span = chunk.mutableSpan
            var buffer = unsafe span.mutableBytes
            count = try source.read(into: &buffer)
        } while count > 0
    }
}

/// A file of the cache is not what its name says; another try fetches it anew.
public struct DamagedBlob: Error {}

/// The bytes of a blob in order.
struct BlobSource: ByteSource, Sendable {
    let blob: Blob
    let position: VerifiedBlob.Position
    let interruption: Interruption
    var offset: Int64 = 0

    mutating func read(into buffer: inout MutableRawSpan) throws -> Int {
        try interruption.check()
        let count = try blob.read(into: &buffer, at: offset)
        offset += Int64(count)
        position.value.store(offset, ordering: .relaxed)
        return count
    }
}
