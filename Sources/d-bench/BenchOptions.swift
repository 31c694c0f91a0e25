import Console

/// What `d-bench` was asked to do.
struct BenchOptions {
    /// What is compared.
    enum Section: String, CaseIterable {
        case inflate, zstd, sha256, tar, pull, start
    }

    static let syntax = CommandSyntax(
        name: "d-bench", operands: "[OPTION...] [SECTION...]",
        summary: "Measures d-utils and its peers side by side: \(Section.names), by default all",
        options: [
            Option("--quick", help: "use inputs of an eighth of the size"),
            Option("--json", help: "print one JSON document instead of tables"),
        ],
        notes: """
            The inputs are made from this machine's /usr once and kept in /var/tmp/d-utils-bench; remove it to have
            them made anew. Runs need about 40 GB there (--quick: 5 GB) and 4 GB in /dev/shm.
            """)

    let sections: [Section]
    let isQuick: Bool
    let printsJSON: Bool

    /// Understands the arguments. Throws `UsageError` for what is no section.
    init(_ arguments: ParsedArguments) throws {
        let named = try arguments.operands.map { name in
            guard let section = Section(rawValue: name) else {
                throw UsageError.invalidOperand("SECTION", "found '\(name)', expected one of \(Section.names)")
            }
            return section
        }
        sections = named.isEmpty ? Section.allCases : named
        isQuick = arguments.has("--quick")
        printsJSON = arguments.has("--json")
    }
}

extension BenchOptions.Section {
    static let names = allCases.map(\.rawValue).joined(separator: ", ")
}
