import ContainerImage
import Foundation

/// The credentials that docker and the containers tools keep: their files, and the programs that these name.
public struct CredentialStore: Sendable {
    /// What a search brought.
    struct Finding: Sendable {
        var credentials: Credentials?
        /// Why some place brought nothing although it should have.
        var remarks: [String] = []
        /// How a refusal tells of it.
        var words = ""
    }

    /// Every place, in the order they are searched; the first is the one that is written.
    let paths: [String]

    /// The places that the environment names.
    public init(environment: [String: String]) {
        let home = environment["HOME"]
        func path(_ variable: String, _ inHome: String, _ file: String) -> String? {
            (environment[variable] ?? home.map { "\($0)/\(inHome)" }).map { "\($0)/\(file)" }
        }
        paths = [
            environment["REGISTRY_AUTH_FILE"], path("DOCKER_CONFIG", ".docker", "config.json"),
            environment["XDG_RUNTIME_DIR"].map { "\($0)/containers/auth.json" },
            path("XDG_CONFIG_HOME", ".config", "containers/auth.json"),
        ].compactMap(\.self).filter { !$0.isEmpty }
    }

    /// Searches for a repository's credentials. A broken file or program does not end the search, for most images need
    /// none.
    func find(registry: String, repository: String) -> Finding {
        var finding = Finding()
        for path in paths where finding.credentials == nil {
            do {
                let file = try CredentialFile(path: path)
                if let helper = file.helper(for: registry) {
                    do {
                        finding.credentials = try helper.credentials(for: registry)
                    } catch let failure as CredentialHelper.Failure {
                        finding.remarks.append("'\(helper.program)', which '\(path)' names: \(failure.reason)")
                    }
                }
                if finding.credentials == nil {
                    finding.credentials = try file.credentials(registry: registry, repository: repository)
                }
            } catch let error as JSONError {
                finding.remarks.append("'\(path)': \(error)")
            } catch {
                finding.remarks.append("\(error)")
            }
        }
        finding.words = words(of: finding, registry)
        return finding
    }

    private func words(of finding: Finding, _ registry: String) -> String {
        let words =
            if let credentials = finding.credentials {
                "the credentials were those of \(credentials); 'd-login \(registry)' stores others"
            } else {
                "no credentials for \(registry) were found"
                    + (paths.isEmpty ? "" : " in \(paths.map { "'\($0)'" }.joined(separator: ", "))")
                    + "; 'd-login \(registry)' stores some"
            }
        return ([words] + finding.remarks).joined(separator: "; ")
    }

    /// Keeps a password where the first file is, or with the program that it names, and returns where that is. Throws
    /// `RegistryError.file`.
    public func store(user: String, password: String, for registry: String) throws -> String {
        guard let path = paths.first else {
            throw RegistryError.unsupported("storing credentials without HOME or DOCKER_CONFIG; set one of them")
        }
        var file = try CredentialFile(path: path)
        if let helper = file.helper(for: registry) {
            do {
                try helper.store(user: user, password: password, for: registry)
            } catch let failure as CredentialHelper.Failure {
                throw RegistryError.file(path, reason: "'\(helper.program)', which it names: \(failure.reason)")
            }
            return "'\(helper.program)'"
        }
        let auth = Data("\(user):\(password)".utf8).base64EncodedString()
        file.replace(registry, by: .object([JSON.Member("auth", .string(auth))]))
        try file.write()
        return "'\(path)', which only you can read, but unencrypted"
    }

    /// Forgets the credentials for a registry wherever they are, and returns the places. Throws `RegistryError`.
    public func remove(_ registry: String) throws -> [String] {
        var places: [String] = []
        for path in paths {
            var file = try CredentialFile(path: path)
            if let helper = file.helper(for: registry) {
                do {
                    if try helper.credentials(for: registry) != nil {
                        try helper.erase(registry)
                        places.append("'\(helper.program)'")
                    }
                } catch let failure as CredentialHelper.Failure {
                    throw RegistryError.file(path, reason: "'\(helper.program)', which it names: \(failure.reason)")
                }
            }
            if file.hasEntry(for: registry) {
                file.replace(registry, by: nil)
                try file.write()
                places.append("'\(path)'")
            }
        }
        return places
    }
}
