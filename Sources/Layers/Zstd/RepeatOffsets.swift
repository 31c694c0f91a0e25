/// The last three offsets (RFC 8878, section 3.1.1.5), the latest first. An offset's value of 1 to 3 means one of them.
struct RepeatOffsets {
    private(set) var first = 1
    private(set) var second = 4
    private(set) var third = 8

    init() {}

    init(_ first: Int, _ second: Int, _ third: Int) {
        (self.first, self.second, self.third) = (first, second, third)
    }

    /// The offset that `value` means after `literalsLength` literals. Without literals the latest would be no new match,
    /// so the values mean the second, the third, and the latest less 1, which may be 0.
    mutating func offset(value: Int, literalsLength: Int) -> Int {
        let offset: Int
        switch literalsLength == 0 && value <= 3 ? value + 1 : value {
        case _ where value > 3:
            offset = value - 3
            (second, third) = (first, second)
        case 1: return first
        case 2:
            offset = second
            second = first
        case 3:
            offset = third
            (second, third) = (first, second)
        default:
            offset = first - 1
            (second, third) = (first, second)
        }
        first = offset
        return offset
    }
}
