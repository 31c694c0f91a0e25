import Console
import Foundation
import RunCommand
import TestSupport
import Testing

@testable import Commands

/// The manuals and completions as they are installed, judged by the programs that read them.
@Suite struct ManualTests {
    private let folder: TemporaryFolder
    private let manuals: [String]

    init() throws {
        folder = try TemporaryFolder()
        let result = try Commands.program("d-utils", "--install", folder.path).run()
        try #require(result.status == 0 && result.output.isEmpty && result.errors.isEmpty, "\(result)")
        manuals = Installation.documents.map(\.path).filter { $0.hasPrefix("share/man/") }
    }

    private func text(_ path: String) throws -> String { try String(contentsOfFile: folder(path), encoding: .utf8) }

    @Test func everyNameIsInstalled() throws {
        for name in Command.all.map(\.name) + ["d-utils"] {
            let result = try Program("\(folder.path)/bin/\(name)", "--version").run()
            #expect(result.output == "\(name) (d-utils) \(Terminal.version)\n", "\(result)")
        }
        for (path, expected) in Installation.documents { #expect(try text(path) == expected) }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder("bin")).sorted()
                == (Command.all.map(\.name) + ["d-utils"]).sorted())
    }

    @Test func everyCommandHasItsRow() throws {
        let package = try String(contentsOfFile: Fixture.project + "Package.swift", encoding: .utf8)
        let built = package.matches(of: /\n +command\("([a-z-]+)"/).map { String($0.output.1) }
        #expect(built.sorted() == (Command.all.map(\.name) + ["d-utils"]).sorted())
    }

    @Test func theProgramIsAFile() throws {
        let attributes = try FileManager.default.attributesOfItem(atPath: folder("bin/d-utils"))
        #expect(attributes[.type] as? FileAttributeType == .typeRegular)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder("bin/d-pull")) == "d-utils")
    }

    @Test func anInstallationReplacesAnEarlierOne() throws {
        try folder.write("old", to: "share/man/man1/d-run.1")
        #expect(try Program("\(folder.path)/bin/d-utils", "--install", folder.path).run().status == 0)
        #expect(try text("share/man/man1/d-run.1").hasPrefix(".TH"))
        #expect(try Program("\(folder.path)/bin/d-run", "--version").run().status == 0)
        let refused = try Program("\(folder.path)/bin/d-utils", "--install", "/proc/nowhere").run()
        #expect(refused.status == 1 && refused.errors.contains("'/proc/nowhere/bin/d-utils' cannot be written"))
    }

    @Test(.enabled(if: Program.exists("man") && Program.exists("groff"), "needs man-db and groff"))
    func groffHasNothingToSay() throws {
        for path in manuals {
            let result = try Program("man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", folder(path))
                .with(["LC_ALL": "C.UTF-8", "MANWIDTH": "80"]).run()
            #expect(result.status == 0 && result.errors.isEmpty && !result.output.isEmpty, "\(result)")
        }
    }

    @Test(.enabled(if: Program.exists("mandoc"), "needs mandoc"))
    func mandocHasNothingToSay() throws {
        let result = try Program(["mandoc", "-Tlint"] + manuals.map { folder($0) }).run()
        #expect(result.status == 0 && result.output.isEmpty && result.errors.isEmpty, "\(result)")
    }

    /// What a terminal shows has no fold inside a word and no soft hyphen, so it can be searched.
    private func shown(_ name: String) throws -> String {
        let page = manuals.first { $0.hasSuffix("/\(name).1") } ?? ""
        let result = try Program("mandoc", "-Tutf8", "-Owidth=200", folder(page)).run()
        return result.output.replacing(/.\x08/, with: "").replacing("\u{2010}", with: "-")
    }

    /// Help, manual, completions and parser say the same of every option.
    @Test(
        .enabled(if: Program.exists("mandoc"), "needs mandoc"),
        arguments: Command.all.map(\.name) + ["d-utils"])
    func everyTextKnowsTheSameOptions(_ name: String) throws {
        let syntax = try #require((Command.all.map(\.syntax) + [SingleBinary.syntax]).first { $0.name == name })
        let help = try Commands.program(name, "--help").run().output
        let names = Set(syntax.options.flatMap(\.names))
        func options(in text: String, _ pattern: some RegexComponent<(Substring, Substring)>) -> Set<String> {
            Set(text.matches(of: pattern).map { String($0.output.1) })
        }
        let rows = help.split(separator: "\n").filter { $0.firstMatch(of: /^ {2,6}-/) != nil }
            .map { String($0.split(separator: "  ", omittingEmptySubsequences: true).first ?? "") }
            .joined(separator: "\n")
        #expect(options(in: rows, /(?:^|[ ,\n])(--?[a-z][a-z-]*)/) == names, "help")
        let manual = try shown(name)
        let items = manual.split(separator: "\n").filter { $0.firstMatch(of: /^ +-/) != nil }.joined(separator: "\n")
        #expect(options(in: items, /(?:^|[ ,\n])(--?[a-z][a-z-]*)/) == names, "manual:\n\(manual)")
        for option in syntax.options { #expect(manual.lowercased().contains(option.help.lowercased()), "manual") }
        let zsh = try text("share/zsh/site-functions/_\(name)")
        #expect(options(in: zsh, /\n +'\*?(--?[a-z](?:[a-z-]*[a-z])?)[+=]?-?\[/) == names, "zsh")
        let bash = try text("share/bash-completion/completions/\(name)")
        let words = bash.firstMatch(of: /local options='([^']*)'/)?.output.1.split(separator: " ").map(String.init)
        #expect(Set(words ?? []) == names, "bash")
        let fish = try text("share/fish/vendor_completions.d/\(name).fish")
        let rules = fish.split(separator: "\n").filter { $0.hasPrefix("complete ") }.joined(separator: "\n")
        #expect(
            Set(rules.matches(of: /\s-([ls])\s([a-z-]+)/).map { ($0.output.1 == "l" ? "--" : "-") + $0.output.2 })
                == names,
            "fish")
        for option in syntax.options {
            for name in option.names {
                let parsed = try syntax.parse([name] + (option.value.suffix.hasPrefix(" ") ? ["value"] : []))
                #expect(parsed.options.map(\.name) == [option.names.last], "parser")
            }
        }
    }

    /// The manual of `config.json`, the README's table and d-run know the same keys.
    @Test func everyTextKnowsTheSameKeys() throws {
        let readme = try String(contentsOfFile: Fixture.project + "README.md", encoding: .utf8)
        let table = try #require(readme.firstMatch(of: /\n\| key \|[^\n]*\n\|[ -|]*\n((?:\|[^\n]*\n)+)/)).output.1
        let keys = table.split(separator: "\n").flatMap { row in
            row.split(separator: "|")[0].matches(of: /`([A-Za-z]+)`/).map { String($0.output.1) }
        }
        #expect(keys.sorted() == ConfigKey.all.map(\.name).sorted())
        try folder.write("", to: "c/rootfs/file")
        for key in ConfigKey.all {
            try folder.write("{\"\(key.name)\": [[]]}", to: "c/config.json")
            let result = try Commands.program("d-run", "--dry-run", folder("c"), "true").run()
            #expect(result.status == 125 && result.errors.contains(key.name), "\(result)")
        }
    }
}
