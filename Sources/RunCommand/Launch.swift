import Glibc

/// What the second start of d-run is to do, as the arguments that carry it there: `NAME=VALUE` words up to `--`, then
/// bwrap with its arguments.
struct Launch: Equatable {
    /// A descriptor of the parent, and the number that it gets for bwrap.
    struct Descriptor: Equatable {
        let from: CInt
        let to: CInt
    }

    static let mark = "\u{1}bwrap"

    /// The d-run that started this one, and the caller's process group.
    var parent: pid_t
    var group: pid_t
    var descriptors: [Descriptor] = []
    /// Whether namespaces are made around bwrap; the three that follow need them.
    var nests = true
    /// Whether the network is one of them.
    var ownsNetwork = false
    /// pasta with its options, where it is to lead out of that network.
    var pasta: [String] = []
    /// The rootfs whose changes are thrown away.
    var overlay: String?
    var limits: [ResourceLimit] = []
    /// Files of the control group that must hold a limit.
    var groupFiles: [String] = []
    var stop = StopSignal.term
    var stopTimeout: UInt16 = 10
    /// bwrap and its arguments.
    var words: [String] = []

    init(parent: pid_t, group: pid_t) {
        self.parent = parent
        self.group = group
    }

    var arguments: [String] {
        var fields = [
            ("parent", "\(parent)"), ("group", "\(group)"), ("nests", "\(nests)"), ("network", "\(ownsNetwork)"),
            ("stop", "\(stop.number)"), ("timeout", "\(stopTimeout)"),
        ]
        fields += descriptors.map { ("descriptor", "\($0.from)>\($0.to)") }
        fields += pasta.map { ("pasta", $0) }
        fields += overlay.map { [("overlay", $0)] } ?? []
        fields += limits.map { ("limit", $0.text) }
        fields += groupFiles.map { ("groupfile", $0) }
        return [Self.mark] + fields.map { "\($0.0)=\($0.1)" } + ["--"] + words
    }

    /// Nil when the arguments are no launch.
    init?(_ arguments: [String]) {
        guard arguments.first == Self.mark, let end = arguments.firstIndex(of: "--") else { return nil }
        self.init(parent: 0, group: 0)
        for argument in arguments[1..<end] {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, take(parts[0], parts[1]) else { return nil }
        }
        words = Array(arguments[(end + 1)...])
        guard parent > 0, !words.isEmpty else { return nil }
    }

    private mutating func take(_ name: String, _ value: String) -> Bool {
        switch name {
        case "parent": parent = pid_t(value) ?? 0
        case "group": group = pid_t(value) ?? 0
        case "nests": nests = value == "true"
        case "network": ownsNetwork = value == "true"
        case "stop": stop = StopSignal(parsing: value) ?? .term
        case "timeout": stopTimeout = UInt16(value) ?? stopTimeout
        case "pasta": pasta.append(value)
        case "overlay": overlay = value
        case "limit": limits += ResourceLimit(parsing: value).map { [$0] } ?? []
        case "groupfile": groupFiles.append(value)
        case "descriptor":
            let numbers = value.split(separator: ">").compactMap { CInt($0) }
            guard numbers.count == 2 else { return false }
            descriptors.append(Descriptor(from: numbers[0], to: numbers[1]))
        default: return false
        }
        return true
    }
}
