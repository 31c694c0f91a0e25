import Glibc

/// Text for people on the standard streams. Whatever comes from an image or a registry is escaped before it gets here
/// or by `report`, so that it cannot drive the terminal.
public enum Terminal {
    /// The version that every command prints.
    public static let version = "2.0.0"
    /// The day of that version, for the manuals.
    public static let versionDate = "2026-11-24"

    /// Runs a command: answers `--help` and `--version`, parses, calls `body`, prints an error once as
    /// `NAME: what happened` and ends the process with 0, 1 for a failure, 2 for a wrong call, or what `body` returns.
    public static func run(
        _ syntax: CommandSyntax, _ arguments: [String], body: (ParsedArguments) throws -> Int32
    ) -> Never {
        openStandardStreams()
        do {
            let parsed = try syntax.parse(arguments)
            if parsed.has("--help") {
                write(syntax.help, to: STDOUT_FILENO)
                exit(0)
            }
            if parsed.has("--version") {
                write("\(syntax.name) (d-utils) \(version)\n", to: STDOUT_FILENO)
                exit(0)
            }
            exit(try body(parsed))
        } catch let error as UsageError {
            report("\(error); '\(syntax.name) --help' lists the options", from: syntax.name)
            exit(2)
        } catch {
            report("\(error)", from: syntax.name)
            exit(1)
        }
    }

    /// Puts /dev/null in the place of a standard stream that the caller has closed; else the first file opened would get
    /// its number, and messages would go there.
    private static func openStandardStreams() {
        var opened: CInt
        repeat { opened = unsafe open("/dev/null", O_RDWR) } while (0...STDERR_FILENO).contains(opened)
        if opened >= 0 { close(opened) }
    }

    /// Prints `NAME: message` as one line on standard error, with control characters escaped.
    public static func report(_ message: String, from name: String) {
        write("\(name): \(escape(message))\n", to: STDERR_FILENO)
    }

    /// The text with every character that could act on a terminal or hide text replaced by its escape (`\x1b`,
    /// `\u{202e}`): C0 and C1 controls, DEL, line separators and bidirectional overrides.
    public static func escape(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isActive) else { return text }
        var escaped = ""
        for scalar in text.unicodeScalars {
            if !isActive(scalar) {
                escaped.unicodeScalars.append(scalar)
            } else if scalar.value < 0x100 {
                escaped += scalar.value < 0x10 ? "\\x0" : "\\x"
                escaped += String(scalar.value, radix: 16)
            } else {
                escaped += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
        return escaped
    }

    private static func isActive(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0, 0x200e...0x200f, 0x2028...0x202e, 0x2066...0x2069: true
        default: false
        }
    }

    /// Writes all of `text` to a descriptor. A reader that is gone is no error worth a message.
    public static func write(_ text: String, to descriptor: CInt) {
        var text = text
        text.withUTF8 { bytes in
            var written = 0
            while written < bytes.count {
                let count = unsafe Glibc.write(
                    descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return }
                written += count
            }
        }
    }
}
