internal import Console

/// A manual page in the language of man(7), as groff and mandoc take it.
struct Manual {
    private(set) var text = ""

    /// Begins a page; `summary` is what `apropos` shows.
    init(_ name: String, section: Int, summary: String) {
        text = """
            .TH \(Self.escape(name.uppercased())) \(section) \(Terminal.versionDate) "d-utils \(Terminal.version)" d-utils
            .SH NAME

            """
        paragraph("\(name) - \(summary)")
    }

    mutating func section(_ title: String) { text += ".SH \(title.contains(" ") ? "\"\(title)\"" : title)\n" }

    /// A sentence of a table of options, which stands there without its final period.
    static func sentence(_ help: String) -> String { help.prefix(1).uppercased() + help.dropFirst() + "." }

    /// A term in bold, what follows it in italics, and its explanation.
    mutating func item(_ term: String, _ value: String, _ explanation: String) {
        text += ".TP\n\\fB\(Self.escape(term))\\fR"
        text += value.isEmpty ? "\n" : "\\fI\(Self.escape(value))\\fR\n"
        paragraph(explanation)
    }

    /// A form of the call on a line of its own, the command in bold.
    mutating func form(_ words: [String]) {
        text += (text.hasSuffix("SYNOPSIS\n") ? "" : ".br\n") + "\\fB\(Self.escape(words[0]))\\fR"
        text += "\\fI \(Self.escape(words.dropFirst().joined(separator: " ")))\\fR\n"
    }

    /// Plain text: an empty line ends a paragraph, and lines that begin with blanks stay as they are.
    mutating func paragraphs(_ plain: String) {
        var begins = false
        var isVerbatim = false
        for line in plain.split(separator: "\n", omittingEmptySubsequences: false) {
            let staysAsItIs = line.hasPrefix(" ") || (isVerbatim && line.isEmpty)
            if staysAsItIs != isVerbatim {
                text += isVerbatim ? ".EE\n" : ".EX\n"
                isVerbatim = staysAsItIs
            }
            if line.isEmpty {
                begins = true
            } else {
                if begins, !isVerbatim { text += ".PP\n" }
                begins = false
                paragraph(String(line))
            }
        }
        if isVerbatim { text += ".EE\n" }
    }

    /// One paragraph's text, in lines of at most 80 bytes. Blanks at the start of a line mean something to the readers.
    private mutating func paragraph(_ plain: String) {
        var line = plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&" : ""
        line += plain.prefix { $0 == " " }
        for word in plain.split(separator: " ").map({ Self.escape(String($0)) }) {
            if line.utf8.count + word.utf8.count > 78, !plain.hasPrefix(" ") {
                text += line.dropLast() + "\n"
                line = word.hasPrefix(".") ? "\\&" : ""
            }
            line += word + " "
        }
        text += line.dropLast() + "\n"
    }

    private static func escape(_ plain: String) -> String {
        plain.reduce(into: "") { escaped, character in
            escaped +=
                ["\\": "\\e", "-": "\\-", "'": "\\(aq", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti"][character]
                ?? String(character)
        }
    }
}
