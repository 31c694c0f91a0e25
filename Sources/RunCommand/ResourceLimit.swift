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

    private init(resource: Int, soft: UInt64, hard: UInt64) {
        self.resource = resource
        self.soft = soft
        self.hard = hard
    }

    /// All limits of a process.
    static func all(of process: pid_t) -> [ResourceLimit] {
        names.indices.compactMap { resource in
            var limit = rlimit()
            guard unsafe processLimit(process, CInt(resource), nil, &limit) == 0 else { return nil }
            return ResourceLimit(resource: resource, soft: UInt64(limit.rlim_cur), hard: UInt64(limit.rlim_max))
        }
    }

    /// This limit, or what is nearest to it of what this process may set: nothing above its own hard limit.
    var withinOwn: ResourceLimit {
        var own = rlimit()
        guard unsafe processLimit(0, CInt(resource), nil, &own) == 0 else { return self }
        let most = UInt64(own.rlim_max)
        return ResourceLimit(resource: resource, soft: min(soft, most), hard: min(hard, most))
    }

    /// As it is written.
    var text: String { "\(Self.names[resource])=\(Self.text(soft)):\(Self.text(hard))" }

    /// Holds for this process from now on, and for those that it starts. Throws `RunError.systemCall`.
    func apply() throws {
        var limit = rlimit(rlim_cur: UInt(soft), rlim_max: UInt(hard))
        guard unsafe processLimit(0, CInt(resource), &limit, nil) == 0 else {
            throw RunError.systemCall("setrlimit", subject: text, reason: FileSystem.lastError)
        }
    }

    private static func text(_ value: UInt64) -> String { value == UInt64.max ? "unlimited" : String(value) }
}
