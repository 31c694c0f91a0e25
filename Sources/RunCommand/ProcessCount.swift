/// How many processes and threads there may be.
struct ProcessCount: SettingValue, Equatable {
    static let grammar = "a number of processes from 1 on"

    let value: UInt32

    init?(parsing text: String) {
        guard let value = UInt32(text), value > 0 else { return nil }
        self.value = value
    }
}
