/// What a command takes: its name, its operands and its table of options.
public struct CommandSyntax: Sendable {
    /// Where options may stand.
    public enum OptionPlacement: Sendable {
        /// Before, between and after the operands, until `--`.
        case anywhere
        /// Only before the first operand; all after it belongs to another program.
        case beforeFirstOperand
    }

    /// The command's name, as it is typed.
    public let name: String
    /// What follows the name in the usage line: `[OPTION...] REF [DIR]`.
    public let operands: String
    /// A sentence that tells what the command does, without a final period.
    public let summary: String
    /// The table of options; `-h, --help` and `--version` are added to it.
    public let options: [Option]
    /// Where options may stand.
    public let placement: OptionPlacement
    /// Lines that follow the options in the help.
    public let notes: String

    static let common = [
        Option("-h", "--help", help: "print this help"),
        Option("--version", help: "print the version"),
    ]

    /// Describes a command.
    public init(
        name: String, operands: String, summary: String, options: [Option],
        placement: OptionPlacement = .anywhere, notes: String = ""
    ) {
        self.name = name
        self.operands = operands
        self.summary = summary
        self.options = options + Self.common
        self.placement = placement
        self.notes = notes
    }

    /// The text of `--help`.
    public var help: String {
        let width = options.map(\.spelling.count).max() ?? 0
        let rows = options.map { option in
            "  \(option.spelling)\(String(repeating: " ", count: width - option.spelling.count))  \(option.help)\n"
        }
        let tail = notes.isEmpty ? "" : "\n\(notes)\n"
        return "usage: \(name) \(operands)\n\(summary).\n\n\(rows.joined())\(tail)"
    }

    /// Splits the arguments (without the program's name) into options and operands.
    ///
    /// `-abc` is `-a -b -c`, `-vX` is `-v X`, `--` ends the options. Throws `UsageError` with the option's name when
    /// it is unknown, lacks its value or has one that it does not take.
    public func parse(_ arguments: [String]) throws(UsageError) -> ParsedArguments {
        var parsed = ParsedArguments()
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "--" {
                parsed.operands += rest
                break
            } else if argument.hasPrefix("--") {
                try parseLong(argument, &rest, into: &parsed)
            } else if argument.hasPrefix("-"), argument != "-" {
                try parseShort(argument, &rest, into: &parsed)
            } else {
                parsed.operands.append(argument)
                if placement == .beforeFirstOperand {
                    parsed.operands += rest
                    break
                }
            }
        }
        return parsed
    }

    private func option(_ name: String) throws(UsageError) -> Option {
        guard let option = options.first(where: { $0.names.contains(name) }) else { throw .unknownOption(name) }
        return option
    }

    private func parseLong(
        _ argument: String, _ rest: inout ArraySlice<String>, into parsed: inout ParsedArguments
    ) throws(UsageError) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let option = try option(parts[0])
        let attached = parts.count == 2 ? parts[1] : nil
        switch option.value {
        case .none:
            guard attached == nil else { throw .unexpectedValue(parts[0]) }
            parsed.append(option, nil)
        case .optional:
            parsed.append(option, attached)
        case .required(let name):
            guard let value = attached ?? rest.popFirst() else { throw .missingValue(parts[0], name) }
            parsed.append(option, value)
        }
    }

    private func parseShort(
        _ argument: String, _ rest: inout ArraySlice<String>, into parsed: inout ParsedArguments
    ) throws(UsageError) {
        var letters = argument.dropFirst()
        while let letter = letters.popFirst() {
            let name = "-\(letter)"
            let option = try option(name)
            guard case .required(let valueName) = option.value else {
                parsed.append(option, nil)
                continue
            }
            guard let value = letters.isEmpty ? rest.popFirst() : String(letters) else {
                throw .missingValue(name, valueName)
            }
            parsed.append(option, value)
            return
        }
    }
}
