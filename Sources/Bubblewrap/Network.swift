/// What the program in a container reaches of the network.
public enum Network: Sendable, Equatable {
    /// Its own loopback alone.
    case none
    /// All that bwrap's caller reaches: the host's network with its loopback, or the one that was made around bwrap.
    case shared
}
