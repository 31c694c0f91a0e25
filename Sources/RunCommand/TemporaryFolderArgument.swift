/// `PATH[:size=N]`: an empty folder in memory.
struct TemporaryFolderArgument: SettingValue, Equatable {
    static let grammar = "PATH[:size=N] with an absolute PATH, N bytes or 500M, 2G"

    let destination: String
    var size: UInt64?

    init?(parsing text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count > 1 {
            guard parts.count == 2, parts[1].hasPrefix("size="),
                let size = ByteSize(parsing: String(parts[1].dropFirst(5))),
                size.bytes > 0
            else { return nil }
            self.size = size.bytes
        }
        destination = String(parts[0])
        guard RootResolver.isPlainPath(destination) else { return nil }
    }
}
