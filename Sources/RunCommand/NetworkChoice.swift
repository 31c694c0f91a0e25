/// What of the network a container gets.
enum NetworkChoice: String, SettingValue {
    /// The host's, its loopback included.
    case host
    /// One of its own from which pasta leads out; the host's loopback stays closed.
    case isolated = "private"
    /// A loopback of its own.
    case none

    static let grammar = "host, private or none"

    init?(parsing text: String) { self.init(rawValue: text) }
}
