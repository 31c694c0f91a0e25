import Glibc

/// Unpacks an image's layers into a folder, verified: two threads a layer, in order. Where there are more than two
/// cores, the layers that follow are decompressed ahead, each on another core and as far as its ring is long.
public struct Unpacker {
    /// The most layers that are decompressed at the same time. Each costs a ring of 3 MiB, and a decoder's window fills
    /// no further than the ring before its layer's turn comes, so this is the budget of memory.
    static let streamLimit = 4

    /// How many of them there are: one core applies, each of the others has a layer.
    private let streamCount: Int
    private var applier: LayerApplier

    /// Unpacks into the empty folder at `path`; what the layers write may be `sizeLimit` bytes together.
    public init(into path: String, sizeLimit: Int64) throws {
        try self.init(into: path, sizeLimit: sizeLimit, cores: sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    }

    init(into path: String, sizeLimit: Int64, cores: Int) throws {
        streamCount = min(max(1, cores - 1), Self.streamLimit)
        applier = try LayerApplier(into: path, sizeLimit: sizeLimit)
    }

    /// Applies `layers`, the lowest first, and calls `applied` with the number of each after it is done. Afterwards
    /// all permissions and times are final.
    ///
    /// Throws what the blobs' sources throw, and when a layer is damaged, does not have its DiffID, or cannot be
    /// unpacked; what has been unpacked until then is of no use.
    public mutating func unpack(_ layers: [Layer], applied: (Int) -> Void = { _ in }) throws -> LayerApplier.Summary {
        var streams: [LayerStream] = []
        for (number, layer) in layers.enumerated() {
            while streams.count < streamCount, number + streams.count < layers.count {
                streams.append(try LayerStream(layers[number + streams.count]))
            }
            let tar = DigestVerifier(streams.removeFirst(), layer.diffID, subject: "uncompressed layer \(number + 1)")
            try applier.apply(tar)
            applied(number)
        }
        return try applier.finish()
    }
}
