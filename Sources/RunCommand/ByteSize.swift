/// A size of memory: `1048576`, `500M` or `2G`; K, M, G and T are powers of 1024.
struct ByteSize: SettingValue, Equatable {
    static let grammar = "a number of bytes, or as in 500M, 2G"

    let bytes: UInt64

    init?(parsing text: String) {
        let shift = ["K": 10, "M": 20, "G": 30, "T": 40][text.suffix(1).uppercased()] ?? 0
        guard let number = UInt64(shift == 0 ? text[...] : text.dropLast()), number <= UInt64(Int64.max) >> shift else {
            return nil
        }
        bytes = number << shift
    }
}
