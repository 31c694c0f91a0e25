/// A command's arguments, split but not yet understood.
public struct ParsedArguments: Sendable {
    /// The options in the order they were given: the long name and the value, if it has one.
    public private(set) var options: [(name: String, value: String?)] = []
    /// Everything that is no option.
    public internal(set) var operands: [String] = []

    mutating func append(_ option: Option, _ value: String?) {
        options.append((option.longName, value))
    }

    /// Whether the option with this long name was given.
    public func has(_ name: String) -> Bool { options.contains { $0.name == name } }

    /// The value that was given last for the option with this long name.
    public func value(_ name: String) -> String? { options.last { $0.name == name }?.value }

    /// All values of the option with this long name, in order.
    public func values(_ name: String) -> [String] { options.filter { $0.name == name }.compactMap(\.value) }
}
