/// An entry of a random layer.
struct StackEntry: CustomStringConvertible {
    enum Kind: String { case file, directory, symbolicLink, hardLink, fifo, device, whiteout, opaque }

    var kind: Kind
    var path: [String]
    var mode = 0o644
    var seconds = 0
    var nanoseconds = 0
    var link = ""
    var content = ""
    /// How the name is written: as other programs do, with `./`, `/` or doubled slashes.
    var style = 0

    var description: String {
        "\(kind) \(path.joined(separator: "/").debugDescription) \(String(mode, radix: 8)) \(seconds)+\(nanoseconds)"
            + (link.isEmpty ? "" : " -> \(link.debugDescription)") + (content.isEmpty ? "" : " \(content.count) bytes")
    }

    private var name: String {
        var path = path
        if kind == .whiteout { path[path.count - 1] = ".wh." + path[path.count - 1] }
        if kind == .opaque { path.append(".wh..wh..opq") }
        let name = path.joined(separator: style == 3 ? "//" : "/")
        let whole = ["", "./", "/", "././"][style] + name
        return whole.isEmpty ? "." : whole + (kind == .directory ? "/" : "")
    }

    func add(to tar: inout TarBuilder) {
        // One pax header for all: of two in a row GNU tar takes the last alone.
        let (isLong, isLinkLong) = (name.utf8.count > 100, link.utf8.count > 100)
        var records = [("path", isLong ? name : ""), ("linkpath", isLinkLong ? link : "")]
        if nanoseconds != 0 || seconds < 0 { records.append(("mtime", time)) }
        if records.contains(where: { !$0.1.isEmpty }) { tar.add(pax: records) }
        let type: Character
        switch kind {
        case .file, .whiteout, .opaque: type = "0"
        case .hardLink: type = "1"
        case .symbolicLink: type = "2"
        case .device: type = "3"
        case .directory: type = "5"
        case .fifo: type = "6"
        }
        tar.add(
            isLong ? "long" : name, type, mode: mode, mtime: max(0, seconds), link: isLinkLong ? "" : link,
            content: Array(content.utf8))
    }

    private var time: String {
        let isBorrowed = seconds < 0 && nanoseconds > 0
        let whole = abs(isBorrowed ? seconds + 1 : seconds)
        let fraction = String(isBorrowed ? 1_000_000_000 - nanoseconds : nanoseconds)
        return "\(seconds < 0 ? "-" : "")\(whole)." + String(repeating: "0", count: 9 - fraction.count) + fraction
    }

    /// Any entry, over few names, so that entries meet each other.
    static func random(from random: inout RandomSource) -> StackEntry {
        let kinds: [(Kind, Int)] = [
            (.file, 28), (.directory, 22), (.symbolicLink, 12), (.hardLink, 10), (.fifo, 3), (.device, 2),
            (.whiteout, 14), (.opaque, 9),
        ]
        var ticket = random.below(100)
        let kind =
            kinds.first {
                ticket -= $0.1; return ticket < 0
            }?.0 ?? .file
        var entry = StackEntry(
            kind: kind, path: path(from: &random, atLeast: [.opaque, .directory].contains(kind) ? 0 : 1))
        entry.mode = random.one(of: [0, 0o644, 0o755, 0o600, 0o4755, 0o2755, 0o1777, 0o500, 0o111, 0o7777, 0o700])
        entry.seconds = random.one(of: [0, -1, 1_700_000_000, random.below(4_000_000_000) - 1_000_000_000])
        entry.nanoseconds = random.chance(40) ? random.below(1_000_000_000) : 0
        entry.style = random.below(4)
        switch kind {
        case .file: entry.content = String(repeating: "x", count: random.one(of: [0, 1, 511, 512, 513, 5000]))
        case .hardLink: entry.link = path(from: &random, atLeast: 1).joined(separator: "/")
        case .symbolicLink:
            let target = path(from: &random, atLeast: 1).joined(separator: "/")
            entry.link = random.one(of: ["", "/", "../", "../../", "./", "b/../"]) + target
        default: break
        }
        return entry
    }

    private static let names = [
        "a", "b", "c", "d", "\u{1b}[2J", "new\nline", "é", String(repeating: "long", count: 30),
    ]

    private static func path(from random: inout RandomSource, atLeast count: Int) -> [String] {
        let depth = random.one(of: [count, 1, 1, 2, 2, 3, 4])
        return (0..<depth).map { _ in random.chance(85) ? random.one(of: Array(names[..<3])) : random.one(of: names) }
    }
}
