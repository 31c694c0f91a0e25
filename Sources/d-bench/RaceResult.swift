internal import ContainerImage

/// What a race has shown, as a table for people and as JSON.
struct RaceResult {
    /// A contender's counted runs, or why there are none.
    struct Row {
        let name: String
        var runs: [Measurement] = []
        var absence: String?

        func median(_ value: (Measurement) -> Double) -> Double { runs.map(value).median }
    }

    let title: String
    let rows: [Row]

    /// How often a row's costs hold those of d-utils: the median over the rounds.
    private func ratio(_ row: Row, _ value: (Measurement) -> Double) -> Double {
        zip(row.runs, rows[0].runs).map { value($0) / value($1) }.median
    }

    /// The ratios first, then the medians.
    var table: String {
        let heading = ["", "CPU", "wall", "CPU s", "wall s", "peak MB"]
        let lines = rows.map { row in
            guard row.absence == nil else { return [row.name] }
            return [
                row.name, "\(Self.text(ratio(row, \.cpu), 2))x", "\(Self.text(ratio(row, \.wall), 2))x",
                Self.text(row.median(\.cpu), 2), Self.text(row.median(\.wall), 2),
                Self.text(row.median(\.peak) / 1e6, 0),
            ]
        }
        let nameWidth = rows.map(\.name.count).max() ?? 0
        return "\(title)\n"
            + zip([heading] + lines, [nil] + rows.map(\.absence)).map { line, absence in
                var text = "  \(line[0])\(String(repeating: " ", count: nameWidth - line[0].count))"
                for cell in line.dropFirst() { text += String(repeating: " ", count: 9 - cell.count) + cell }
                return text + (absence.map { "    \($0)" } ?? "") + "\n"
            }.joined()
    }

    /// Seconds and bytes.
    var json: JSON {
        .object([
            .init("title", .string(title)),
            .init("contenders", .array(rows.map(json))),
        ])
    }

    private func json(_ row: Row) -> JSON {
        if let absence = row.absence {
            return .object([.init("name", .string(row.name)), .init("absence", .string(absence))])
        }
        func number(_ key: String, _ value: Double, _ places: Int = 3) -> JSON.Member {
            .init(key, value.isFinite ? .number(Self.text(value, places)) : .null)
        }
        return .object([
            .init("name", .string(row.name)),
            number("cpuRatio", ratio(row, \.cpu)), number("wallRatio", ratio(row, \.wall)),
            number("cpu", row.median(\.cpu)), number("wall", row.median(\.wall)),
            number("peak", row.median(\.peak), 0),
        ])
    }

    /// The number with so many decimal places; a dash where there is none.
    private static func text(_ value: Double, _ places: Int) -> String {
        guard value.isFinite else { return "-" }
        let scale = (0..<places).reduce(1) { scale, _ in scale * 10 }
        let scaled = Int((value * Double(scale)).rounded())
        guard places > 0 else { return "\(scaled)" }
        let digits = "\(scaled % scale)"
        return "\(scaled / scale)." + String(repeating: "0", count: places - digits.count) + digits
    }
}
