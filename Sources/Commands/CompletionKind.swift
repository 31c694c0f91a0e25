internal import Console

/// What stands in a place of the command line, as the name of a value or an operand in the help tells it.
enum CompletionKind: Equatable {
    /// One of some words: `auto|plain|none`.
    case words([String])
    /// An image: what was pulled lately.
    case reference
    /// A container's folder.
    case container
    /// Any folder.
    case folder
    /// Any file.
    case file
    /// Nothing that could be guessed.
    case unknown

    /// `isFirst` tells DIR, the container that a command works on, from DIR, the place of a new one.
    init(_ name: String, isFirst: Bool = false) {
        let words = name.split(separator: "|").map(String.init)
        self =
            if words.count > 1, words.allSatisfy({ $0.allSatisfy { $0.isLowercase || $0 == "-" } }) {
                .words(words)
            } else if name == "PREFIX" {
                .folder
            } else if name.contains("REF") {
                .reference
            } else if name.contains("DIR") {
                isFirst ? .container : .folder
            } else if name.contains("PATH") || name.contains("FILE") {
                .file
            } else if name == "COMMAND" {
                .words(Command.all.map(\.name))
            } else {
                .unknown
            }
    }
}

extension CommandSyntax {
    /// The operands by their names and kinds; the last is repeated where `repeats` is true.
    var operandKinds: [(name: String, kind: CompletionKind)] {
        usage.split(separator: " ").map { $0.filter { !"[].".contains($0) } }.filter { $0 != "OPTION" }
            .enumerated().map { ($1, CompletionKind($1, isFirst: $0 == 0)) }
    }

    var repeats: Bool { usage.split(separator: " ").last?.contains("...") == true && !usage.hasSuffix("[OPTION...]") }

    /// The first form of the call, where there are several.
    private var usage: Substring { operands.prefix { $0 != "\n" } }

    /// The name as a part of a shell function's.
    var identifier: String { name.replacing("-", with: "_") }
}

extension Option.Value {
    /// The value's name in the help, if there is one.
    var name: String? {
        switch self {
        case .none: nil
        case .required(let name), .optional(let name): name
        }
    }

    /// How the value follows the option's name in the help.
    var suffix: String {
        switch self {
        case .none: ""
        case .required(let name): " \(name)"
        case .optional(let name): "[=\(name)]"
        }
    }
}
