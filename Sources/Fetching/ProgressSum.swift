/// All layers together: how far they are, how fast, and how long it takes yet.
struct ProgressSum {
    private var downloads = Rate()
    private var processing = Rate()

    /// `3/8 layers, 120 MB of 300 MB, 35 MB/s, 5 s left`, at a time in seconds.
    mutating func line(_ layers: [LayerProgress], at time: Double) -> String {
        let size = layers.reduce(Int64(0)) { $0 &+ $1.size }
        let downloaded = layers.reduce(Int64(0)) { $0 &+ $1.downloaded }
        let processed = layers.reduce(Int64(0)) { $0 &+ ($1.isDone ? $1.size : $1.processed) }
        downloads.add(downloaded, at: time)
        processing.add(processed, at: time)
        let isDownloading = downloaded < size
        let speed = isDownloading ? downloads.perSecond : processing.perSecond
        var text =
            "\(layers.count { $0.isDone })/\(layers.count) layers, "
            + "\(ByteCount(isDownloading ? downloaded : processed)) of \(ByteCount(size))"
        guard speed > 0 else { return text }
        text += ", \(ByteCount(Int64(speed)))/s"
        guard let download = downloads.time(for: size - downloaded), let rest = processing.time(for: size - processed)
        else { return text }
        return text + ", \(Self.duration(max(download, rest))) left"
    }

    /// `5 s`, `2 min 5 s`, `1 h 3 min`
    static func duration(_ seconds: Double) -> String {
        let seconds = Int(min(seconds, 1e9).rounded(.up))
        return switch seconds {
        case ..<60: "\(seconds) s"
        case ..<3600: "\(seconds / 60) min \(seconds % 60) s"
        default: "\(seconds / 3600) h \(seconds / 60 % 60) min"
        }
    }
}
