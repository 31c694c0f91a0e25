import Console
internal import ContainerImage
import Glibc

/// The whole benchmark: prepares the inputs, runs the races of each section and prints what they show.
struct Benchmark {
    private static let cache = "/var/tmp/d-utils-bench"

    private let options: BenchOptions
    let inputs: Inputs

    init(_ options: BenchOptions) {
        self.options = options
        inputs = Inputs(in: Self.cache, isQuick: options.isQuick)
    }

    /// Runs it. Throws what keeps an input from being made; a contender that fails is a line of its table.
    func run() throws {
        let machine = Machine()
        if !options.printsJSON { show(machine.line + Self.legend) }
        var results: [RaceResult] = []
        try Program("mkdir", "-p", inputs.folder).run()
        let places = [
            try RunFolders("/dev/shm/d-utils-bench", isOnDisk: false),
            try RunFolders("\(inputs.folder)/runs", isOnDisk: true),
        ]
        for section in options.sections {
            for race in try codecRaces(of: section) + places.flatMap({ try fileRaces(of: section, in: $0) }) {
                Terminal.report("running \(race.title)", from: BenchOptions.syntax.name)
                results.append(try race.run())
                if !options.printsJSON { show(results[results.count - 1].table) }
            }
        }
        for place in places { try place.remove() }
        guard options.printsJSON else { return }
        show(JSON.object([.init("machine", machine.json), .init("races", .array(results.map(\.json)))]).prettyPrinted)
    }

    private func show(_ text: String) { Terminal.write(text + "\n", to: STDOUT_FILENO) }
}
