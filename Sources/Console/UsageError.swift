/// The command was called wrongly; it ends with exit status 2.
public enum UsageError: Error, Equatable, CustomStringConvertible {
    /// No such option.
    case unknownOption(String)
    /// The option needs a value; the second text is the value's name.
    case missingValue(String, String)
    /// The option takes no value.
    case unexpectedValue(String)
    /// The option's value (second) is not what it takes (third).
    case invalidValue(String, String, expected: String)
    /// An operand is missing.
    case missingOperand(String)
    /// An operand is not what it should be; the second text tells why.
    case invalidOperand(String, String)
    /// There are more operands than the command takes; this is the first of them.
    case unexpectedOperand(String)

    /// One sentence that names the option or operand.
    public var description: String {
        switch self {
        case .unknownOption(let name): "unknown option '\(name)'"
        case .missingValue(let name, let value): "option \(name) needs a value: \(name) \(value)"
        case .unexpectedValue(let name): "option \(name) takes no value"
        case .invalidValue(let name, let value, let expected): "option \(name): found '\(value)', expected \(expected)"
        case .missingOperand(let name): "\(name) is missing"
        case .invalidOperand(let name, let reason): "\(name): \(reason)"
        case .unexpectedOperand(let operand): "unexpected argument '\(operand)'"
        }
    }
}
