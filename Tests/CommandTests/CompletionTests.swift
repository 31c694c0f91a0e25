import Foundation
import TestSupport
import Testing

/// What the shells themselves offer for a line that was begun.
@Suite struct CompletionTests {
    /// A line, and what is offered at its end; nil where the shell may add files of its own.
    static let cases: [(line: String, offered: [String])] = [
        ("d-pull --prog", ["--progress"]),
        ("d-pull --progress ", ["auto", "json", "none", "plain"]),
        ("d-pull --progress=p", ["plain"]),
        ("d-pull --progress none al", ["alpine:latest"]),
        ("d-pull -q localhost:5000/x:", ["localhost:5000/x:1", "localhost:5000/x:2"]),
        ("d-pull alpine:latest pla", ["placed/"]),
        ("d-run con", ["container/"]),
        ("d-run --read-only -u me con", ["container/"]),
        ("d-run -", ["--dry-run", "--fakeroot", "--help"]),
        ("d-run container --dry", []),
        ("d-utils d-pu", ["d-pull"]),
        ("d-utils --install pla", ["placed/"]),
    ]

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try #require(try Commands.program("d-utils", "--install", folder("usr")).run().status == 0)
        for tag in ["docker.io/library/alpine:latest", "localhost:5000/x:1", "localhost:5000/x:2"] {
            try folder.write("", to: "cache/d-utils/tags/\(tag)")
        }
        for path in ["here/container/rootfs", "here/connect", "here/placed"] {
            try FileManager.default.createDirectory(atPath: folder(path), withIntermediateDirectories: true)
        }
    }

    private func program(_ words: String...) -> Program {
        var program = Program(words).inFolder(folder("here"))
        program.environment = [
            "PATH": folder("usr/bin") + ":/usr/bin:/bin", "HOME": folder.path, "XDG_CACHE_HOME": folder("cache"),
            "XDG_CONFIG_HOME": folder("config"), "XDG_DATA_HOME": folder("usr/share"), "LC_ALL": "C.UTF-8",
            "TERM": "dumb",
        ]
        program.limit = 60
        return program
    }

    /// Checks offers of a shell, a line each. The line of options alone is checked for some that must be there.
    private func check(_ offers: String, for line: String, _ expected: [String], in shell: String) {
        let lines = Set(offers.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) })
        let wanted = Set(expected)
        #expect(
            line.hasSuffix("-") ? wanted.isSubset(of: lines) : wanted == lines, "\(shell): '\(line)' gives \(lines)")
    }

    @Test(.enabled(if: Program.exists("bash"), "needs bash"))
    func bashOffers() throws {
        for (line, expected) in Self.cases {
            // As bash calls the function for a word that it completes; it writes the slash after a folder by itself.
            let result = try program(
                "bash", "--norc", "-c",
                #"""
                . "$1/usr/share/bash-completion/completions/${2%% *}"
                COMP_LINE=$2 COMP_POINT=${#2}
                "$(complete -p "${2%% *}" | sed 's/.*-F \([^ ]*\).*/\1/')"
                for word in "${COMPREPLY[@]}"; do [ -d "$word" ] && word+=/; printf '%s\n' "$word"; done
                """#, "bash", folder.path, line
            ).run()
            #expect(result.status == 0 && result.errors.isEmpty, "\(result)")
            let colon = line.split(separator: " ").last?.lastIndex(of: ":")
            let cut = colon.map { String(line.split(separator: " ").last?[...$0] ?? "") } ?? ""
            check(result.output, for: line, expected.map { String($0.dropFirst(cut.count)) }, in: "bash")
        }
    }

    @Test(.enabled(if: Program.exists("fish"), "needs fish"))
    func fishOffers() throws {
        for (line, expected) in Self.cases {
            let result = try program(
                "fish", "--no-config", "-c",
                """
                source $argv[1]/usr/share/fish/vendor_completions.d/(string split ' ' $argv[2])[1].fish
                complete -C $argv[2]
                """, folder.path, line
            ).run()
            #expect(result.status == 0 && result.errors.isEmpty, "\(result)")
            let offers = result.output.split(separator: "\n").map { offer in
                let word = String(offer.prefix { $0 != "\t" })
                return word.hasPrefix("--") && word.contains("=") ? String(word.drop { $0 != "=" }.dropFirst()) : word
            }
            check(offers.joined(separator: "\n"), for: line, expected, in: "fish")
        }
    }

    @Test(.enabled(if: Program.exists("zsh"), "needs zsh"))
    func zshOffers() throws {
        // zsh completes only at a prompt, here one in a terminal that zpty makes. Its `compadd` writes down what it is
        // given; a folder's slash is added by the shell.
        try folder.write(
            #"""
            fpath=(\#(folder.path)/usr/share/zsh/site-functions $fpath)
            autoload -Uz compinit && compinit -u -D
            compadd() {
                local i=${@[(i)(-|--)]}
                local -a __hits
                if [[ " ${@[1,i-1]}" != *" -"[a-zA-Z12]#[OAD]* ]]; then
                    builtin compadd -A __hits "$@"
                    for __hit in $__hits; do
                        [[ -d $__hit ]] && __hit+=/
                        print -r -- $IPREFIX$__hit
                    done >>\#(folder.path)/offers
                fi
                builtin compadd "$@"
            }
            setopt extendedglob
            offer() { _main_complete; print END >>\#(folder.path)/offers }
            zle -C offer complete-word offer
            bindkey '^I' offer
            """#, to: "setup")
        let driver = try folder.write(
            #"""
            zmodload zsh/zpty
            zpty shell zsh -f -i
            zpty -w shell "source $1/setup"
            : >$1/offers
            count=0
            for line in "${@[2,-1]}"; do
                zpty -w -n shell "$line"$'\t'
                (( ++count ))
                for try in {1..1200}; do
                    while zpty -r -t shell shown; do print -rn -- $shown >>$1/shown; done
                    (( $(grep -c '^END$' $1/offers) >= count )) && break
                    sleep 0.05
                done
                zpty -w -n shell $'\C-e\C-u'
            done
            cat $1/offers
            """#, to: "driver")
        var shell = program("zsh", "-f", driver, folder.path)
        shell.arguments += Self.cases.map(\.line)
        let result = try shell.run()
        let offers = result.output.components(separatedBy: "END\n")
        try #require(offers.count == Self.cases.count + 1, "\(result)")
        for ((line, expected), offered) in zip(Self.cases, offers) {
            let words = offered.split(separator: "\n").map { offer in
                offer.hasPrefix("--progress=") ? offer.dropFirst("--progress=".count) : offer
            }
            check(words.joined(separator: "\n"), for: line, expected, in: "zsh")
        }
    }
}
