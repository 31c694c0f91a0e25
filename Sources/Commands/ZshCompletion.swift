internal import Console

/// What completes a command's line in zsh: a file for a folder of its `fpath`.
struct ZshCompletion {
    let text: String

    init(_ syntax: CommandSyntax) {
        let operands = syntax.operandKinds.enumerated().map { index, operand in
            let isLast = index == syntax.operandKinds.count - 1
            let place = syntax.repeats && isLast ? "*" : "\(index + 1)"
            return "'\(place)\(index == 0 ? "" : ":"):\(Self.escape(operand.name)):\(Self.action(operand.kind))'"
        }
        let flags = "-s -S" + (syntax.placement == .beforeFirstOperand ? " -A '-*'" : "")
        text = """
            #compdef \(syntax.name)
            # Completion of \(syntax.name) for zsh.
            \(Self.common)
            _arguments \(flags) \\
                \((syntax.options.flatMap(Self.specifications) + operands).joined(separator: " \\\n    "))

            """
    }

    private static func specifications(_ option: Option) -> [String] {
        option.names.map { name in
            let marks =
                switch option.value {
                case .none: ("", "")
                case .required(let value):
                    (name.hasPrefix("--") ? "=" : "+", ":\(escape(value)):\(action(.init(value)))")
                // A short one has none: `-n` is `--net`.
                case .optional where !name.hasPrefix("--"): ("", "")
                case .optional(let value):
                    ("=-", "::\(escape(value)):\(action(.init(value)))")
                }
            // What has a value may be given several times.
            return "'\(marks.0.isEmpty ? "" : "*")\(name)\(marks.0)[\(escape(option.help))]\(marks.1)'"
        }
    }

    private static func action(_ kind: CompletionKind) -> String {
        switch kind {
        case .words(let words): "(\(words.joined(separator: " ")))"
        case .reference: "_d_utils_references"
        case .container: "_d_utils_containers"
        case .folder: "_files -/"
        case .file, .unknown: "_files"
        }
    }

    private static func escape(_ text: String) -> String {
        text.reduce(into: "") { escaped, character in
            escaped += ["[": "\\[", "]": "\\]", ":": "\\:", "'": "'\\''"][character] ?? String(character)
        }
    }

    private static let common = #"""
        _d_utils_references() {
            setopt local_options extended_glob
            local references=(${XDG_CACHE_HOME:-$HOME/.cache}/d-utils/tags/**/*:*~*.part(N.))
            references=(${references#${XDG_CACHE_HOME:-$HOME/.cache}/d-utils/tags/})
            references=(${${references#docker.io/}#library/})
            compadd -a references
            compset -P oci: && _files -/
        }
        _d_utils_containers() {
            local folders=(${~PREFIX}*(N/e:'[[ -d $REPLY/rootfs ]]':))
            if (( $#folders )); then compadd -f -a folders; else _files -/; fi
        }
        """#
}
