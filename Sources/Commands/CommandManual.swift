internal import Console

/// The manual page of a command, made from its table of options.
struct CommandManual {
    let text: String

    init(_ syntax: CommandSyntax, environment: KeyValuePairs<String, String> = [:]) {
        var page = Manual(
            syntax.name, section: 1, summary: syntax.summary.prefix(1).lowercased() + syntax.summary.dropFirst())
        page.section("SYNOPSIS")
        for form in "\(syntax.name) \(syntax.operands)".split(separator: "\n") {
            page.form(form.split(separator: " ").map(String.init))
        }
        page.section("DESCRIPTION")
        page.paragraphs(syntax.summary + ".\n\n" + syntax.notes)
        page.section("OPTIONS")
        for option in syntax.options {
            page.item(option.names.joined(separator: ", "), option.value.suffix, Manual.sentence(option.help))
        }
        if !syntax.notes.contains("exit status") {
            page.section("EXIT STATUS")
            page.paragraphs("0, 1 after a failure, 2 when the call was wrong.")
        }
        if !environment.isEmpty { page.section("ENVIRONMENT") }
        for (name, meaning) in environment { page.item(name, "", meaning) }
        page.section("SEE ALSO")
        let others = (Command.all.map(\.name) + [SingleBinary.syntax.name]).filter { $0 != syntax.name }
        page.paragraphs((others.map { $0 + "(1)" } + ["d-utils-config(5)"]).joined(separator: ", "))
        text = page.text
    }
}
