/// The signal that asks a container's program to end: `SIGQUIT`, `QUIT`, `3` or `SIGRTMIN+3`.
struct StopSignal: SettingValue, Equatable {
    static let grammar = "the name or number of a signal"
    static let term = StopSignal(number: 15)

    /// In the order of their numbers on x86_64 and aarch64, from 1 on.
    private static let names = [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
        "WINCH", "IO", "PWR", "SYS",
    ]

    let number: Int32

    private init(number: Int32) { self.number = number }

    init?(parsing text: String) {
        let name = text.uppercased().hasPrefix("SIG") ? String(text.uppercased().dropFirst(3)) : text.uppercased()
        let number: Int32? =
            if let index = Self.names.firstIndex(of: name) {
                Int32(index + 1)
            } else if name.hasPrefix("RTMIN") {
                // glibc keeps the kernel's first two, 32 and 33, for itself.
                name == "RTMIN" ? 34 : Int32(name.dropFirst(5)).flatMap { name.contains("+") ? 34 + $0 : nil }
            } else if name.hasPrefix("RTMAX") {
                name == "RTMAX" ? 64 : Int32(name.dropFirst(5)).flatMap { name.contains("-") ? 64 + $0 : nil }
            } else {
                Int32(text)
            }
        guard let number, (1...64).contains(number) else { return nil }
        self.number = number
    }
}
