import Glibc

/// Unpacks an image's layers into a folder, verified: two threads a layer, in order.
public struct Unpacker {
    /// How many layers are decompressed at the same time: one, or the next one ahead where there are cores to spare.
    /// Each costs a ring of 3 MiB and its decoder's window.
    private static let streams = sysconf(Int32(_SC_NPROCESSORS_ONLN)) > 2 ? 2 : 1

    private var applier: LayerApplier

    /// Unpacks into the empty folder at `path`; what the layers write may be `sizeLimit` bytes together.
    public init(into path: String, sizeLimit: Int64) throws {
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
            while streams.count < Self.streams, number + streams.count < layers.count {
                streams.append(LayerStream(layers[number + streams.count]))
            }
            let tar = DigestVerifier(streams.removeFirst(), layer.diffID, subject: "uncompressed layer \(number + 1)")
            try applier.apply(tar)
            applied(number)
        }
        return try applier.finish()
    }
}
