import ContainerImage

/// Looks beforehand whether a command can be executed, as bwrap's execvp(3) does: its status does not tell, and its
/// words not why.
struct CommandSearch {
    private enum Finding {
        case runs
        case missing
        /// What another folder of PATH may do better.
        case refused(RunError)
        /// What ends the search.
        case badFormat(RunError)
    }

    /// How many scripts the kernel follows from one to its interpreter.
    private static let scriptLimit = 5

    let resolver: RootResolver
    let path: String
    let workingDirectory: String
    /// Whether an overlay lies over the rootfs: what it shows may be executed though the file system below is `noexec`.
    var isCovered = false

    /// Throws `RunError.notFound`, `.missingInterpreter` or `.notExecutable`. What cannot be seen is let pass.
    func check(_ program: String) throws {
        var refusal: RunError?
        for candidate in candidates(program) {
            switch look(at: candidate, for: program) {
            case .runs: return
            case .missing: continue
            case .refused(let error): refusal = refusal ?? error
            case .badFormat(let error): throw error
            }
        }
        throw refusal ?? .notFound(program)
    }

    /// Where a program may be, in this order.
    func candidates(_ program: String) -> [String] {
        guard !program.utf8.contains(UInt8(ascii: "/")) else { return [program] }
        return path.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            .map { "\($0.isEmpty ? "." : String($0) ?? "")/\(program)" }
    }

    private func look(at candidate: String, for program: String, scripts: Int = 0) -> Finding {
        guard let place = try? resolver.resolve(candidate, from: workingDirectory) else { return .missing }
        func refused(_ reason: String) -> Finding {
            .refused(.notExecutable(program, reason: "\(place.path) \(reason)"))
        }
        guard let hostPath = place.hostPath else {
            switch resolver.memory(at: place) {
            case .empty: return .missing
            case .folder: return refused("is a folder")
            case .unknown: return .runs
            }
        }
        guard let entry = FileSystem.entry(hostPath) else { return .missing }
        if entry.kind == .folder { return refused("is a folder") }
        guard entry.kind == .file, entry.mode & 0o111 != 0 else { return refused("has no permission to execute") }
        guard isCovered || !FileSystem.forbidsExecution(hostPath) else {
            return refused("lies in a file system that is mounted with noexec")
        }
        guard let head = FileSystem.head(of: hostPath, size: ProgramFile.headSize),
            !RegisteredFormats().include(head: head, name: place.path)
        else { return .runs }
        switch ProgramFile(head: head) {
        case .native(nil): return .runs
        case .native(.some(let interpreter)), .script(let interpreter):
            guard scripts < Self.scriptLimit else { return .runs }
            let finding = look(at: interpreter, for: program, scripts: scripts + 1)
            guard case .missing = finding else { return finding }
            return .refused(.missingInterpreter(program, file: place.path, interpreter: interpreter))
        case .foreign(let architecture):
            let own = Platform.current
            return .badFormat(
                .notExecutable(
                    program,
                    reason: "\(place.path) is a program for \(architecture), and this machine is \(own.architecture); "
                        + "pull the image with '--platform \(own)', or install qemu-user-static"))
        case .unknown:
            return .badFormat(
                .notExecutable(
                    program,
                    reason: "\(place.path) is no program; "
                        + "a script begins with #! and the path of the program that reads it"))
        }
    }
}
