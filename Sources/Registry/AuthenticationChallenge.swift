/// A way to authenticate that a server offers in `WWW-Authenticate` (RFC 9110, section 11.6.1).
struct AuthenticationChallenge: Equatable {
    /// In lowercase: `bearer`, `basic`.
    let scheme: String
    /// Parameters with names in lowercase.
    var parameters: [String: String] = [:]

    /// Parses a header's value: several challenges, each a scheme and parameters, all separated by commas. Values are
    /// tokens or quoted strings; what cannot be understood is skipped.
    static func parse(_ text: String) -> [AuthenticationChallenge] {
        var challenges: [AuthenticationChallenge] = []
        var scanner = Scanner(rest: text[...])
        while !scanner.rest.isEmpty {
            scanner.skip { $0 == " " || $0 == "\t" || $0 == "," }
            let word = scanner.take { $0 != " " && $0 != "\t" && $0 != "," && $0 != "=" }
            guard !word.isEmpty else {
                scanner.skip { $0 == "=" }
                continue
            }
            scanner.skip { $0 == " " || $0 == "\t" }
            if scanner.rest.first == "=" {
                scanner.rest.removeFirst()
                scanner.skip { $0 == " " || $0 == "\t" }
                let value = scanner.value()
                if !challenges.isEmpty { challenges[challenges.count - 1].parameters[word.lowercased()] = value }
            } else {
                challenges.append(AuthenticationChallenge(scheme: word.lowercased()))
            }
        }
        return challenges
    }

    private struct Scanner {
        var rest: Substring

        mutating func skip(while predicate: (Character) -> Bool) { rest = rest.drop(while: predicate) }

        mutating func take(while predicate: (Character) -> Bool) -> String {
            let word = rest.prefix(while: predicate)
            rest = rest[word.endIndex...]
            return String(word)
        }

        /// A token, or a quoted string with its escapes undone.
        mutating func value() -> String {
            guard rest.first == "\"" else { return take { $0 != "," && $0 != " " && $0 != "\t" } }
            rest.removeFirst()
            var value = ""
            while let character = rest.popFirst(), character != "\"" {
                value.append(character == "\\" ? rest.popFirst() ?? "\\" : character)
            }
            return value
        }
    }
}
