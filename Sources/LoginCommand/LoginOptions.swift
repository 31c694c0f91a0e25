public import Console
internal import Registry

/// What `d-login` was asked to do.
public struct LoginOptions: Sendable {
    /// What `d-login` takes.
    public static let syntax = CommandSyntax(
        name: "d-login", operands: "[OPTION...] [REGISTRY]",
        summary: "Stores user and password for a registry, by default docker.io, once it has accepted them",
        options: [
            Option("-u", "--username", value: .required("NAME"), help: "the user's name, asked for if it is not given"),
            Option("--password-stdin", help: "read the password from standard input"),
            Option("--logout", help: "forget what is stored for the registry"),
        ],
        notes: """
            They go to docker's config.json ($DOCKER_CONFIG or ~/.docker), or to the program that it
            names for that; docker, podman and skopeo find them there as well.
            """)

    let login: RegistryLogin
    let user: String?
    let readsPassword: Bool
    let isLogout: Bool

    /// Understands the arguments. Throws `UsageError` with the option or operand that is wrong.
    public init(_ arguments: ParsedArguments) throws {
        guard arguments.operands.count <= 1 else { throw UsageError.unexpectedOperand(arguments.operands[1]) }
        do {
            login = try RegistryLogin(parsing: arguments.operands.first ?? "docker.io")
        } catch {
            throw UsageError.invalidOperand("REGISTRY", "\(error); expected HOST or HOST:PORT")
        }
        user = arguments.value("--username")
        guard user.map({ !$0.isEmpty && !$0.contains(":") }) ?? true else {
            throw UsageError.invalidValue("--username", user ?? "", expected: "a name without colon")
        }
        readsPassword = arguments.has("--password-stdin")
        isLogout = arguments.has("--logout")
        guard !readsPassword || user != nil else { throw UsageError.missingValue("--username", "NAME") }
        guard !isLogout || user == nil else {
            throw UsageError.invalidOperand("--logout", "it takes no other option")
        }
    }
}
