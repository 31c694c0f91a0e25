/// Lines at the end of a terminal that are drawn anew again and again, as the text that does it.
///
/// Each fits into the window when it is drawn. When the window becomes narrower, terminals fold the lines that are
/// there; so what has to go is counted by the width that there is now.
struct LiveView {
    /// How many columns each line takes that stands above the cursor.
    private(set) var shown: [Int] = []
    let hasColours: Bool

    /// Takes the lines away.
    mutating func erase(columns: Int) -> String {
        guard !shown.isEmpty else { return "" }
        let rows = shown.reduce(0) { $0 + max(1, ($1 + columns - 1) / max(1, columns)) }
        shown = []
        return "\r\u{1b}[\(rows)A\u{1b}[J"
    }

    /// Draws lines in the place of those before: those layers that something happens to, as many as there is room for,
    /// and the sum.
    mutating func draw(_ layers: [LayerProgress], doing verb: String, total: String, columns: Int, rows: Int) -> String
    {
        guard rows > 1 else { return erase(columns: columns) }
        let width = max(1, columns - 1)
        let lines =
            layers.lazy.filter(\.isActive).prefix(max(0, rows - 2)).map { $0.line(width: width, doing: verb) }
            + [String(total.prefix(width))]
        let text = erase(columns: columns) + lines.map { paint($0) + "\n" }.joined()
        shown = lines.map(\.count)
        return text
    }

    /// Bars in green, what is on disk in cyan.
    private func paint(_ line: String) -> String {
        guard hasColours, let start = line.firstIndex(of: "["), let end = line.lastIndex(of: "]") else { return line }
        let bar = line[line.index(after: start)..<end]
        let full = bar.prefix { $0 == "#" }
        let partial = bar.dropFirst(full.count).prefix { $0 == "-" }
        return line[...start] + "\u{1b}[32m" + full + "\u{1b}[36m" + partial + "\u{1b}[0m"
            + bar.dropFirst(full.count + partial.count) + line[end...]
    }
}
