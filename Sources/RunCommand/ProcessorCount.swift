/// How much of the processors may be used: `2`, or `0.5` for half of one.
struct ProcessorCount: SettingValue, Equatable {
    static let grammar = "a number of processors, as in 0.5 or 2, at least 0.01"

    let percent: UInt32

    init?(parsing text: String) {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }), let value = Double(text),
            value >= 0.01, value <= 10_000
        else { return nil }
        percent = UInt32(value * 100 + 0.5)
    }
}
