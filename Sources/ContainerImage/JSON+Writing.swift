extension JSON {
    /// The text for people to read and edit: two spaces a level, no final newline.
    public var prettyPrinted: String {
        var text = ""
        write(to: &text, lineBreak: "\n")
        return text
    }

    /// The text in one line, without spaces.
    public var line: String {
        var text = ""
        write(to: &text, lineBreak: nil)
        return text
    }

    /// `lineBreak` is nil for a text in one line.
    private func write(to text: inout String, lineBreak: String?) {
        let inner = lineBreak.map { $0 + "  " }
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .number(let digits): text += digits
        case .string(let string): Self.quote(string, to: &text)
        case .array([]): text += "[]"
        case .object([]): text += "{}"
        case .array(let elements):
            var separator = "["
            for element in elements {
                text += separator + (inner ?? "")
                element.write(to: &text, lineBreak: inner)
                separator = ","
            }
            text += (lineBreak ?? "") + "]"
        case .object(let members):
            var separator = "{"
            for member in members {
                text += separator + (inner ?? "")
                Self.quote(member.key, to: &text)
                text += lineBreak == nil ? ":" : ": "
                member.value.write(to: &text, lineBreak: inner)
                separator = ","
            }
            text += (lineBreak ?? "") + "}"
        }
    }

    /// Writes a string literal. Controls and DEL are escaped, so that the file can be shown on a terminal.
    private static func quote(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\r": text += "\\r"
            case _ where scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value):
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
