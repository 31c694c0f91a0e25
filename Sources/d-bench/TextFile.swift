import Layers

/// Small text files, read without Foundation, whose weight every measured process would inherit.
enum TextFile {
    /// The whole file, at most 1 MiB of it; nil when it cannot be read.
    static func read(_ path: String) -> String? {
        guard let source = try? FileSource(path) else { return nil }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        var count = 0
        while count < bytes.count {
            var span = bytes.mutableSpan
            // SAFETY: bytes have no padding, and any bit pattern is one.
            var all = unsafe span.mutableBytes
            var free = all._mutatingExtracting(count...)
            guard let length = try? source.read(into: &free), length > 0 else { break }
            count += length
        }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
