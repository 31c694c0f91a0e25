import ContainerImage
import Foundation
import TestSupport
import Testing

@testable import Fetching

private func digest(_ number: Int) -> Digest { Digest(of: [UInt8(truncatingIfNeeded: number)]) }

@Suite struct LayerProgressTests {
    @Test(arguments: [0, 1, 20, 50, 80, 300])
    func neverExceedsTheWidth(_ width: Int) {
        for (downloaded, processed) in [(0, 0), (50, 0), (100, 100), (7, 90), (200, 300)] as [(Int64, Int64)] {
            let layer = LayerProgress(digest: digest(1), size: 100, downloaded: downloaded, processed: processed)
            #expect(layer.line(width: width).count <= width)
        }
    }

    @Test func showsBothProgresses() {
        let layer = LayerProgress(digest: digest(1), size: 100, downloaded: 75, processed: 25)
        #expect(layer.line(width: 60).contains("[#####------------      ] downloading"), "\(layer.line(width: 60))")
        #expect(LayerProgress(digest: digest(1), size: 0, isDone: true).line(width: 60).hasSuffix("] done"))
    }
}

/// A terminal that folds its lines anew when it is resized, and knows what the live view writes.
private struct FoldingTerminal {
    var lines = [""]
    var columns: Int
    var rows: Int

    /// What each row shows, and the line and column where it begins.
    private var folded: [(line: Int, start: Int)] {
        lines.enumerated().flatMap { number, line in
            stride(from: 0, to: max(1, line.count), by: columns).map { (number, $0) }
        }
    }

    mutating func write(_ text: String) {
        var rest = text[...]
        while let character = rest.popFirst() {
            switch character {
            case "\n": lines.append("")
            case "\r": break  // the cursor is at a line's beginning already
            case "\u{1b}":
                rest.removeFirst()
                let number = rest.prefix { $0.isNumber }
                rest = rest.dropFirst(number.count)
                switch rest.removeFirst() {
                case "A": up(Int(number) ?? 1)
                case "J", "m": break
                case let other: Issue.record("unknown sequence \(other)")
                }
            default: lines[lines.count - 1].append(character)
            }
        }
    }

    /// Goes up as far as the window reaches and takes away what is below, as `J` is about to.
    private mutating func up(_ count: Int) {
        let folded = folded
        let row = max(folded.count - 1 - count, folded.count - rows, 0)
        let (line, start) = folded[row]
        lines.removeSubrange((line + 1)...)
        lines[line] = String(lines[line].prefix(start))
    }
}

@Suite struct LiveViewTests {
    private func layers(_ count: Int) -> [LayerProgress] {
        (0..<count).map { LayerProgress(digest: digest($0), size: 1000, downloaded: 500, processed: Int64($0)) }
    }

    private func draw(_ view: inout LiveView, _ layers: [LayerProgress], on terminal: inout FoldingTerminal) {
        terminal.write(
            view.draw(
                layers, doing: "unpacking", total: "0/\(layers.count) layers, 1 MB of 2 MB, 3 MB/s, 4 s left",
                columns: terminal.columns, rows: terminal.rows))
    }

    @Test(arguments: [(80, 24), (40, 10), (20, 3), (5, 2), (1, 1), (300, 200)])
    func aHundredLayersLeaveNothingBehind(_ columns: Int, _ rows: Int) {
        var terminal = FoldingTerminal(columns: columns, rows: rows)
        terminal.write("a\n")
        var view = LiveView(hasColours: true)
        for _ in 0..<5 {
            draw(&view, layers(100), on: &terminal)
            #expect(terminal.lines.count <= max(rows, 2) + 1)
            #expect(terminal.lines.allSatisfy { $0.count <= columns })
        }
        terminal.write(view.erase(columns: columns))
        #expect(terminal.lines == ["a", ""])
    }

    @Test func aWindowThatChangesLeavesNothingBehind() {
        var terminal = FoldingTerminal(columns: 100, rows: 50)
        terminal.write("before\n")
        var view = LiveView(hasColours: false)
        for (columns, rows) in [(100, 50), (40, 50), (97, 40), (13, 48), (200, 60), (60, 60)] {
            terminal.columns = columns
            terminal.rows = rows
            draw(&view, layers(5), on: &terminal)
            #expect(terminal.lines.first == "before" && terminal.lines.count == 8)
        }
        terminal.write(view.erase(columns: terminal.columns))
        #expect(terminal.lines == ["before", ""])
    }

    @Test func coloursAreOnlyAddedToTheLine() {
        var plain = LiveView(hasColours: false)
        var coloured = LiveView(hasColours: true)
        let text = plain.draw(layers(3), doing: "x", total: "t", columns: 80, rows: 24)
        let painted = coloured.draw(layers(3), doing: "x", total: "t", columns: 80, rows: 24)
        #expect(!text.contains("\u{1b}") && painted.contains("\u{1b}[32m"))
        #expect(painted.replacing(/\u{1b}\[[0-9]*m/, with: "") == text)
    }

    @Test func theSumTellsSpeedAndTimeLeft() {
        var sum = ProgressSum()
        var layers = layers(2)
        for second in 0...10 {
            for index in layers.indices {
                layers[index].downloaded = Int64(second) * 50
                layers[index].processed = Int64(second) * 25
            }
            let line = sum.line(layers, at: Double(second))
            if second == 10 { #expect(line == "0/2 layers, 1.0 kB of 2.0 kB, 100 B/s, 30 s left") }
        }
    }

    @Test(arguments: [(0.2, "1 s"), (59, "59 s"), (61, "1 min 1 s"), (7300, "2 h 1 min"), (1e300, "277777 h 46 min")])
    func durations(_ seconds: Double, _ text: String) { #expect(ProgressSum.duration(seconds) == text) }
}

/// What the commands print of it.
@Suite(.enabled(if: SmallImages.isPossible, "needs umoci and python3")) struct ProgressTests {
    private let commands: CommandFolder

    init() throws {
        commands = try CommandFolder()
        _ = try SmallImages.make(in: commands.folder, size: 20 << 20)
    }

    private func events(_ text: String) throws -> [JSONField] {
        try text.split(separator: "\n").map { JSONField(try JSON(parsing: Array($0.utf8))) }
    }

    /// The schema that the README tells.
    @Test func everyLineIsAnObject() throws {
        let result = try commands("d-pull", "--progress", "json", "oci:images:1", "box").run()
        #expect(result.status == 0 && result.output == "box\n", "\(result)")
        let events = try events(result.errors)
        let image = try #require(events.first { (try? $0["event"].string()) == "image" })
        #expect(try image["layers"].integer() == 2 && (try image["reference"].string()) == "oci:images:1")
        let layers = try events.filter { try $0["event"].string() == "layer" }
        let size = try layers.filter { try $0["done"].bool() == true }.reduce(Int64(0)) { sum, layer in
            #expect(try layer["downloaded"].integer() == (try layer["size"].integer()))
            #expect(try layer["processed"].integer() == (try layer["size"].integer()))
            return sum + (try layer["size"].integer() ?? 0)
        }
        #expect(try image["size"].integer() == size)
        #expect(try layers.allSatisfy { try (1...2).contains($0["number"].integer() ?? 0) })
    }

    @Test func errorsAndWarningsAreObjectsToo() throws {
        let result = try commands("d-pull", "--progress", "json", "oci:images:9", "box").run()
        #expect(result.status == 1)
        let events = try events(result.errors)
        #expect(try events.map { try $0["event"].string() } == ["error"])
        #expect(try events[0]["message"].string()?.contains("no image '9'") == true)
        try commands.shell("umoci config --image images:1 --architecture s390x; chmod -R a+rX images")
        let other = try commands("d-pull", "--progress", "json", "oci:images:1", "box").run()
        let warning = try self.events(other.errors).first { try $0["event"].string() == "warning" }
        #expect(try warning?["message"].string()?.contains("s390x") == true, "\(other)")
    }

    @Test(arguments: [true, false])
    func aTerminalShowsLines(_ hasColours: Bool) throws {
        let program = commands("d-pull", "oci:images:1", "box").with(
            ["TERM": "xterm"].merging(hasColours ? [:] : ["NO_COLOR": "1"]) { $1 })
        let terminal = try PseudoTerminal(program)
        terminal.resize(rows: 10, columns: 60)
        #expect(try terminal.wait() == 0)
        let transcript = terminal.transcript
        #expect(transcript.contains("/2 layers") && transcript.contains("\u{1b}[J"), "\(transcript)")
        #expect(transcript.contains("\u{1b}[32m") == hasColours)
        #expect(transcript.hasSuffix("box\r\n"))
    }

    @Test func neitherAPipeNorADumbTerminalGetsThem() throws {
        let piped = try commands("d-pull", "oci:images:1", "one").run()
        #expect(!piped.errors.contains("\u{1b}") && piped.errors.contains("layer 2/2"))
        let terminal = try PseudoTerminal(commands("d-pull", "oci:images:1", "two").with(["TERM": "dumb"]))
        #expect(try terminal.wait() == 0)
        #expect(!terminal.transcript.contains("\u{1b}") && terminal.transcript.contains("layer 2/2"))
    }
}
