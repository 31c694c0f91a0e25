internal import Console

/// What completes a command's line in fish.
struct FishCompletion {
    let text: String

    init(_ syntax: CommandSyntax) {
        let counter = "__\(syntax.identifier)_operands"
        let valued = syntax.options.filter { if case .required = $0.value { true } else { false } }.flatMap(\.names)
        let condition = syntax.placement == .beforeFirstOperand ? " -n 'test (\(counter)) -eq 0'" : ""
        let options = syntax.options.map { option in
            "complete -c \(syntax.name)\(condition)"
                + option.names.map { $0.hasPrefix("--") ? " -l \($0.dropFirst(2))" : " -s \($0.dropFirst())" }.joined()
                + (option.value.name.map { Self.argument(.init($0), option.value) } ?? "")
                + " -d \(Self.quote(option.help))"
        }
        let operands = syntax.operandKinds.enumerated().map { index, operand in
            let test = syntax.repeats && index == syntax.operandKinds.count - 1 ? "-ge" : "-eq"
            return "complete -c \(syntax.name) -n 'test (\(counter)) \(test) \(index)' \(Self.candidates(operand.kind))"
        }
        text = """
            # Completion of \(syntax.name) for fish.
            function \(counter)
                set -l count 0
                set -l skip
                for word in (commandline -opc)[2..-1]
                    if test -n "$skip"
                        set skip
                    else if contains -- $word \(valued.joined(separator: " "))
                        set skip yes
                    else if not string match -q -- '-*' $word
                        set count (math $count + 1)
                    end
                end
                echo $count
            end
            \(Self.common)
            complete -c \(syntax.name) -f
            \((options + operands).joined(separator: "\n"))

            """
    }

    private static func argument(_ kind: CompletionKind, _ value: Option.Value) -> String {
        let isRequired = if case .required = value { true } else { false }
        return (isRequired ? " -r" : "") + " " + candidates(kind)
    }

    private static func candidates(_ kind: CompletionKind) -> String {
        switch kind {
        case .words(let words): "-f -a '\(words.joined(separator: " "))'"
        case .reference: "-f -a '(__d_utils_references)'"
        case .container: "-f -a '(__d_utils_containers)'"
        case .folder: "-f -a '(__fish_complete_directories)'"
        case .file, .unknown: "-F"
        }
    }

    private static func quote(_ text: String) -> String {
        "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }

    private static let common = #"""
        function __d_utils_references
            set -l cache $XDG_CACHE_HOME
            test -n "$cache"; or set cache $HOME/.cache
            find $cache/d-utils/tags -name '*:*' -type f ! -name '*.part' -printf '%P\n' 2>/dev/null \
                | sed -e 's,^docker\.io/,,' -e 's,^library/,,'
            string match -q 'oci:*' -- (commandline -ct)
            and __fish_complete_directories (commandline -ct | string sub -s 5) | string replace -r '^' oci:
        end
        function __d_utils_containers
            set -l found
            for folder in (commandline -ct)*/
                test -d "$folder/rootfs"; and set found $found $folder
            end
            if test (count $found) -gt 0
                printf '%s\n' $found
            else
                __fish_complete_directories (commandline -ct)
            end
        end
        """#
}
