import Foundation

/// What a registry is told about who asks.
struct Credentials: Equatable, Sendable, CustomStringConvertible {
    enum Secret: Equatable, Sendable {
        case password(String)
        /// A token that stands for the user, from which the token server makes others.
        case identityToken(String)
    }

    /// What stands in place of a name where there is only an identity token.
    static let tokenUser = "<token>"

    let user: String
    let secret: Secret
    /// The file or program that they come from.
    let source: String

    init(user: String, secret: Secret, source: String) {
        self.user = user
        self.secret = secret
        self.source = source
    }

    /// As files and programs keep them: under the name `<token>` the secret is an identity token.
    init(user: String, secret: String, source: String) {
        self.init(
            user: user, secret: user == Self.tokenUser ? .identityToken(secret) : .password(secret), source: source)
    }

    /// What stands in `Authorization` (RFC 7617).
    var basic: String {
        let text =
            switch secret {
            case .password(let text), .identityToken(let text): text
            }
        return "Basic " + Data("\(user):\(text)".utf8).base64EncodedString()
    }

    /// Without the secret.
    var description: String { "user '\(user)' of \(source)" }
}
