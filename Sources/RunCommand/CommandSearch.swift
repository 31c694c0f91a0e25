/// Looks beforehand whether a command can be executed: bwrap's status does not tell.
struct CommandSearch {
    let resolver: RootResolver
    let path: String
    let workingDirectory: String

    /// Throws `RunError.notFound` or `.notExecutable`. What lies in memory cannot be seen and is let pass.
    func check(_ program: String) throws {
        let hasSlash = program.utf8.contains(UInt8(ascii: "/"))
        let folders =
            hasSlash
            ? [""]
            : path.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map { String($0) ?? "" }
        var refusal = RunError.notFound(program)
        for folder in folders {
            let candidate = hasSlash ? program : "\(folder.isEmpty ? "." : folder)/\(program)"
            guard let place = try? resolver.resolve(candidate, from: workingDirectory) else { continue }
            guard let hostPath = place.hostPath else { return }
            guard let entry = FileSystem.entry(hostPath) else { continue }
            if entry.kind == .folder {
                refusal = .notExecutable(program, reason: "\(place.path) is a folder")
            } else if entry.kind != .file || entry.mode & 0o111 == 0 {
                refusal = .notExecutable(program, reason: "\(place.path) has no permission to execute")
            } else {
                return
            }
        }
        throw refusal
    }
}
