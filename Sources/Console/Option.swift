/// One option of a command: the row of a table from which the parser, the help and the manual are made.
public struct Option: Sendable {
    /// What follows the option's name.
    public enum Value: Sendable, Equatable {
        /// Nothing: the option is a switch.
        case none
        /// A value, as `--name VALUE` or `--name=VALUE`; the text is its name in the help.
        case required(String)
        /// A value only as `--name=VALUE`; `--name` alone is legal too.
        case optional(String)
    }

    /// Every spelling with its dashes; the last is the long one, by which `ParsedArguments` names the option.
    public let names: [String]
    /// What follows the name.
    public let value: Value
    /// One line for the help, without a final period.
    public let help: String

    /// A row of the table. `names` holds at least one name and ends with the long one.
    public init(_ names: String..., value: Value = .none, help: String) {
        self.names = names
        self.value = value
        self.help = help
    }

    var longName: String { names.last ?? "" }

    /// How the option is written in the help: `-v, --volume [HOST:]PATH`.
    var spelling: String {
        let joined = (names[0].hasPrefix("--") ? "    " : "") + names.joined(separator: ", ")
        return switch value {
        case .none: joined
        case .required(let name): "\(joined) \(name)"
        case .optional(let name): "\(joined)[=\(name)]"
        }
    }
}
