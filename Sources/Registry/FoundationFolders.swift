import Foundation

/// The folders that URLSession makes for cookies and cached answers, of which there are none here. They are removed
/// when they were not there before and are empty.
struct FoundationFolders {
    /// Each before the one that it is in.
    private let missing: [String]

    /// Looks at what is there before the first session.
    init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        let home = environment["HOME"] ?? ""
        func base(_ variable: String, _ usual: String) -> String {
            let base = environment[variable] ?? ""
            return base.hasPrefix("/") ? base : "\(home)/\(usual)"
        }
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let names = program.split(separator: "/").suffix(2)
        let caches = base("XDG_CACHE_HOME", ".cache") + "/org.swift.foundation.URLCache"
        let data = base("XDG_DATA_HOME", ".local/share")
        missing = [
            "\(caches)/\(ProcessInfo.processInfo.processName)", caches, "\(data)/\(names.first ?? "")", data,
            "\(home)/.local",
        ]
        .filter { unsafe access($0, F_OK) != 0 }
    }

    /// Removes what has come since, to be called after a transfer.
    func remove() {
        for path in missing { unsafe rmdir(path) }
    }
}
