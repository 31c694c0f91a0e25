/// Words for a shell to read.
public enum ShellWord {
    /// The text as one word of bash: as it is where it has only harmless characters, else in single quotes.
    public static func quote(_ text: String) -> String {
        let harmless = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: "@"),
                UInt8(ascii: "%"):
                true
            default: false
            }
        }
        guard !harmless || text.isEmpty else { return text }
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
        }
        return quoteControls(text)
    }

    /// `$'...'`, so that what is printed cannot drive the terminal.
    private static func quoteControls(_ text: String) -> String {
        var word = "$'"
        for scalar in text.unicodeScalars {
            switch scalar {
            case "'", "\\": word += "\\\(scalar)"
            case "\n": word += "\\n"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                word += "\\x" + (scalar.value < 0x10 ? "0" : "") + String(scalar.value, radix: 16)
            default: word.unicodeScalars.append(scalar)
            }
        }
        return word + "'"
    }
}
