import Foundation

/// The folders that URLSession makes for cookies and cached answers, of which there are none here. They are removed
/// when they were not there before and are empty.
struct FoundationFolders {
    /// Each before the one that it is in.
    private let missing: [String]

    /// Looks at what is there before the first session.
    init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        var folders: [String] = []
        if let caches = BaseFolder.cache.path(in: environment) {
            let own = "\(caches)/org.swift.foundation.URLCache"
            folders += ["\(own)/\(ProcessInfo.processInfo.processName)", own]
        }
        if let data = BaseFolder.data.path(in: environment),
            let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        {
            let own = program.split(separator: "/").dropLast().last ?? ""
            folders += ["\(data)/\(own)", data, URL(filePath: data).deletingLastPathComponent().path]
        }
        missing = folders.filter { unsafe access($0, F_OK) != 0 }
    }

    /// Removes what has come since, to be called after a transfer.
    func remove() {
        for path in missing { unsafe rmdir(path) }
    }
}
