extension MutableRawSpan {
    /// Copies the bytes of `range` to the front.
    mutating func copyFront(of bytes: [UInt8], _ range: Range<Int>) {
        precondition(range.count <= byteCount)
        unsafe withUnsafeMutableBytes { target in
            unsafe bytes.withUnsafeBytes { source in
                // SAFETY: the range fits both, and slices are checked.
                unsafe target.copyInPieces(UnsafeRawBufferPointer(rebasing: source[range]))
            }
        }
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Copies `source`, which must fit, to the front in small pieces: larger ones glibc copies by `rep movsb`, which takes
    /// up to five times as long on AMD's Zen 3 when the places do not suit it.
    func copyInPieces(_ source: UnsafeRawBufferPointer) {
        for start in stride(from: 0, to: source.count, by: 2048) {
            let piece = start..<Swift.min(start + 2048, source.count)
            // SAFETY: the caller's, that `source` fits.
            unsafe UnsafeMutableRawBufferPointer(rebasing: self[piece]).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: source[piece]))
        }
    }
}
