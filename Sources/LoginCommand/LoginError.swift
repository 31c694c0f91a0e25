/// Why a login failed, beyond what the registry says.
enum LoginError: Error, CustomStringConvertible {
    /// There is no terminal to ask on.
    case noTerminal
    /// The person ended the input.
    case noUser
    case noPassword
    /// There is nothing to forget.
    case nothingStored(String)

    /// One sentence.
    var description: String {
        switch self {
        case .noTerminal: "there is no terminal to ask on; use --username and --password-stdin"
        case .noUser: "no user name was given, or one with a colon"
        case .noPassword: "no password was given"
        case .nothingStored(let registry): "nothing is stored for \(registry)"
        }
    }
}
