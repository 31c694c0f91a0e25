/// A comparison of programs that do the same with the same input.
///
/// They run in turn, so that what happens on the machine meanwhile meets all of them, and each one's ratio to d-utils
/// is taken round by round. A round before that is not counted; who fails in it is out, by name and with its reason.
struct Race {
    /// One of those that run.
    struct Contender {
        let name: String
        /// What has to be in PATH for it.
        let programs: [String]
        /// The command, given the fresh folder of a run where the race has such.
        let command: (_ folder: String) -> Program

        init(_ name: String, needs programs: [String] = [], _ command: @escaping (_ folder: String) -> Program) {
            self.name = name
            self.programs = programs
            self.command = command
        }
    }

    static let roundCount = 5

    let title: String
    /// d-utils first; all others are compared with it.
    let contenders: [Contender]
    /// Where runs find their folders; nil if they write nothing.
    var folders: RunFolders?

    /// Runs everything. Throws when folders cannot be made or removed.
    func run() throws -> RaceResult {
        var results = contenders.map { RaceResult.Row(name: $0.name) }
        for index in contenders.indices {
            let missing = contenders[index].programs.filter { !Program.exists($0) }
            if !missing.isEmpty { results[index].absence = "\(missing.joined(separator: ", ")) not installed" }
        }
        for round in 0...Self.roundCount {
            for index in contenders.indices where results[index].absence == nil {
                let folder = try folders?.next() ?? ""
                do {
                    let measurement = try contenders[index].command(folder).run()
                    if round > 0 { results[index].runs.append(measurement) }
                } catch {
                    results[index] = .init(name: contenders[index].name, absence: "failed: \(error)")
                }
                try folders?.finish(folder)
            }
        }
        return RaceResult(title: title, rows: results)
    }
}
