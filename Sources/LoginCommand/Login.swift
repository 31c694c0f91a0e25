internal import Console
import Foundation
import Glibc
internal import Registry

/// `d-login`: asks for user and password, asks the registry about them, and stores them.
public struct Login: Sendable {
    /// More is no password, in bytes.
    private static let passwordLimit = 16 << 10

    private let options: LoginOptions

    /// A login that has not begun.
    public init(_ options: LoginOptions) {
        self.options = options
    }

    /// Does the whole work; returns the exit status. Throws what went wrong, with nothing stored.
    public func run() throws -> Int32 {
        let environment = ProcessInfo.processInfo.environment
        let store = CredentialStore(environment: environment)
        let registry = options.login.registry
        guard !options.isLogout else {
            let places = try store.remove(registry)
            guard !places.isEmpty else { throw LoginError.nothingStored(registry) }
            report("\(registry): removed from \(places.joined(separator: ", "))")
            return 0
        }
        let user = try options.user ?? Prompt.ask("User name for \(registry): ", hidesAnswer: false)
        guard !user.isEmpty, !user.contains(":") else { throw LoginError.noUser }
        let password =
            try options.readsPassword
            ? passwordFromInput() : Prompt.ask("Password of \(user) for \(registry): ", hidesAnswer: true)
        guard !password.isEmpty else { throw LoginError.noPassword }
        let access = try RegistryAccess(environment: environment, warn: report)
        let isChecked = try options.login.check(user: user, password: password, access: access)
        if !isChecked { report("\(registry) asks for no credentials in general, so these could not be checked") }
        let place = try store.store(user: user, password: password, for: registry)
        report("\(registry): user '\(user)' stored in \(place)")
        return 0
    }

    /// All of standard input but a final line break.
    private func passwordFromInput() throws -> String {
        guard let data = try FileHandle.standardInput.read(upToCount: Self.passwordLimit),
            let text = String(data: data, encoding: .utf8)
        else { throw LoginError.noPassword }
        return String(text.hasSuffix("\r\n") || text.hasSuffix("\n") ? text.dropLast() : text[...])
    }

    private func report(_ message: String) { Terminal.report(message, from: LoginOptions.syntax.name) }
}
