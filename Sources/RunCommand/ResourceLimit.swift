import Glibc

/// A limit of each process, `NAME=SOFT[:HARD]`; see setrlimit(2).
struct ResourceLimit: SettingValue, Equatable {
    static let grammar =
        "NAME=SOFT[:HARD], numbers or 'unlimited', NAME one of \(names.joined(separator: ", "))"

    /// In the order of the kernel's numbers (asm-generic/resource.h).
    static let names = [
        "cpu", "fsize", "data", "stack", "core", "rss", "nproc", "nofile", "memlock", "as", "locks", "sigpending",
        "msgqueue", "nice", "rtprio", "rttime",
    ]

    let resource: Int
    let soft: UInt64
    let hard: UInt64

    init?(parsing text: String) {
        let parts = text.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, let resource = Self.names.firstIndex(of: String(parts[0])) else { return nil }
        let values = parts[1].split(separator: ":", omittingEmptySubsequences: false).map {
            $0 == "unlimited" ? UInt64.max : UInt64($0)
        }
        guard (1...2).contains(values.count), let soft = values[0], let hard = values[values.count - 1], soft <= hard
        else { return nil }
        self.resource = resource
        self.soft = soft
        self.hard = hard
    }

    /// As it is written.
    var text: String { "\(Self.names[resource])=\(Self.text(soft)):\(Self.text(hard))" }

    /// Holds for this process from now on, and for those that it starts. Throws `RunError.systemCall`.
    func apply() throws {
        var limit = rlimit(rlim_cur: UInt(soft), rlim_max: UInt(hard))
        guard unsafe setResourceLimit(CInt(resource), &limit) == 0 else {
            throw RunError.systemCall("setrlimit", subject: text, reason: FileSystem.lastError)
        }
    }

    private static func text(_ value: UInt64) -> String { value == UInt64.max ? "unlimited" : String(value) }
}
