internal import Console

/// What completes a command's line in bash, alone or with the package bash-completion.
struct BashCompletion {
    let text: String

    init(_ syntax: CommandSyntax) {
        let values = syntax.options.flatMap { option in
            option.names.compactMap { name in
                option.value.name.map { "[\(name)]='\(Self.word(CompletionKind($0), option.value))'" }
            }
        }
        text = """
            # Completion of \(syntax.name) for bash.
            _\(syntax.identifier)() {
                local options='\(syntax.options.flatMap(\.names).joined(separator: " "))'
                local -A values=(\(values.joined(separator: " ")))
                local operands=(\(syntax.operandKinds.map { "'\(Self.word($0.kind))'" }.joined(separator: " ")))
                local repeats=\(syntax.repeats ? "yes" : "") first=\(syntax.placement == .beforeFirstOperand ? "yes" : "")
                _d_utils_complete
            }
            complete -F _\(syntax.identifier) \(syntax.name)

            \(Self.common)
            """
    }

    /// A kind as `_d_utils_complete` reads it; `optional ` before it says that the value is only ever attached.
    private static func word(_ kind: CompletionKind, _ value: Option.Value = .none) -> String {
        let mark = if case .optional = value { "optional " } else { "" }
        return if case .words(let words) = kind { "\(mark)words \(words.joined(separator: " "))" } else {
            "\(mark)\(kind)"
        }
    }

    /// Splits the line at blanks, for bash's own words end at `:` and `=`, and knows what stands under the cursor.
    private static let common = #"""
        _d_utils_complete() {
            local line=${COMP_LINE:0:COMP_POINT} words current word ended='' index=0 kind='' i
            read -ra words <<<"$line"
            [[ $line == *[[:blank:]] ]] && words+=('')
            current=${words[-1]}
            for ((i = 1; i < ${#words[@]} - 1; i++)); do
                word=${words[i]}
                if [[ -z $ended && $word == -- ]]; then
                    ended=yes
                elif [[ -z $ended && $word == -?* ]]; then
                    [[ ${values[$word]-optional} == optional* ]] || ((++i))
                else
                    ((++index))
                    [[ -z $first ]] || ended=yes
                fi
            done
            if ((i == ${#words[@]})); then
                kind=${values[${words[-2]}]}
            elif [[ -z $ended && $current == --*=* ]]; then
                kind=${values[${current%%=*}]-}
                current=${current#*=}
            elif [[ -z $ended && $current == -* ]]; then
                kind="words $options"
            elif ((index < ${#operands[@]})); then
                kind=${operands[index]}
            elif [[ -n $repeats ]]; then
                kind=${operands[-1]}
            fi
            kind=${kind#optional }
            COMPREPLY=()
            case $kind in
                words\ *) mapfile -t COMPREPLY < <(compgen -W "${kind#words }" -- "$current") ;;
                reference)
                    mapfile -t COMPREPLY < <(compgen -W "$(_d_utils_references)" -- "$current")
                    [[ $current == oci:* ]] && mapfile -t COMPREPLY < <(compgen -d -P oci: -- "${current#oci:}")
                    ;;
                container)
                    mapfile -t COMPREPLY < <(compgen -d -- "$current" | while read -r word; do
                        [[ ! -d ${word/#\~/$HOME}/rootfs ]] || printf '%s\n' "$word"
                    done)
                    ((${#COMPREPLY[@]})) || mapfile -t COMPREPLY < <(compgen -d -- "$current")
                    compopt -o filenames 2>/dev/null
                    ;;
                folder)
                    mapfile -t COMPREPLY < <(compgen -d -- "$current")
                    compopt -o filenames 2>/dev/null
                    ;;
                file | unknown)
                    mapfile -t COMPREPLY < <(compgen -f -- "$current")
                    compopt -o filenames 2>/dev/null
                    ;;
            esac
            # bash replaces only what follows the last colon.
            [[ $current == *:* && $COMP_WORDBREAKS == *:* ]] && COMPREPLY=("${COMPREPLY[@]#"${current%"${current##*:}"}"}")
            return 0
        }
        _d_utils_references() {
            (cd "${XDG_CACHE_HOME:-$HOME/.cache}/d-utils/tags" 2>/dev/null &&
                find . -name '*:*' -type f ! -name '*.part' | sed -e 's,^\./,,' -e 's,^docker\.io/,,' -e 's,^library/,,')
        }

        """#
}
