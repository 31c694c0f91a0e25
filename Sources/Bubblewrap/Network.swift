/// What the program in a container reaches of the network.
public enum Network: Sendable, Equatable {
    /// Its own loopback alone.
    case none
    /// All that the host reaches, the host's own loopback included.
    case host
}
