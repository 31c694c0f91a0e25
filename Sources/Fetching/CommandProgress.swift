import Console
public import ContainerImage
import Foundation
import Glibc
public import Registry
import Synchronization

/// What a command tells on standard error while it works: lines that live on a terminal, a line a step elsewhere, an
/// object a line for programs, or nothing.
public final class CommandProgress: Sendable {
    private struct State {
        var layers: [LayerProgress] = []
        var view: LiveView
        /// Which of the views is shown; each has a thread that ends when it is not its own.
        var current = 0
        var isShown = false
    }

    private static let pause: UInt32 = 100_000  // microseconds between two views
    private static let pauses = 5  // of them between two reports to a program

    private let style: ProgressStyle
    private let command: String
    /// What is done with the layers, as `unpacking` and `unpacked`.
    private let verbs: (doing: String, done: String)
    private let state: Mutex<State>

    /// A command's progress, of which nothing is shown yet.
    public init(_ style: ProgressStyle, of command: String, doing: String = "unpacking", done: String = "unpacked") {
        let environment = ProcessInfo.processInfo.environment
        let isLive = isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb"
        self.style = style == .auto && !isLive ? .plain : style
        self.command = command
        verbs = (doing, done)
        state = Mutex(State(view: LiveView(hasColours: environment["NO_COLOR", default: ""].isEmpty)))
    }

    /// A line that stays.
    public func note(_ text: String) {
        if style != .none { report(text, as: "note") }
    }

    /// A line that is shown in any style.
    public func warn(_ text: String) {
        report(style == .json ? text : "warning: \(text)", as: "warning")
    }

    /// The error that ends the command; false when the command is to print it itself.
    public func fail(_ error: any Error) -> Bool {
        if style == .json { report("\(error)", as: "error") }
        return style == .json
    }

    private func report(_ text: String, as event: String) {
        guard style != .json else { return emit([.init("event", .string(event)), .init("message", .string(text))]) }
        state.withLock { state in
            Terminal.write(state.view.erase(columns: Self.window.columns), to: STDERR_FILENO)
            Terminal.report(text, from: command)
        }
    }

    private func emit(_ members: [JSON.Member]) {
        Terminal.write(JSON.object(members).line + "\n", to: STDERR_FILENO)
    }

    /// The image is found.
    public func resolved(_ image: ResolvedImage, from location: ImageLocation) {
        let size = image.manifest.layers.reduce(Int64(0)) { $0.addingReportingOverflow($1.size).partialValue }
        let count = image.manifest.layers.count
        guard style == .json else {
            return note(
                "\(location) (\(image.manifestDigest.short), \(image.config.platform)): "
                    + "\(count) layer\(count == 1 ? "" : "s"), \(ByteCount(size))")
        }
        emit([
            .init("event", .string("image")), .init("reference", .string("\(location)")),
            .init("digest", .string("\(image.digest)")), .init("manifest", .string("\(image.manifestDigest)")),
            .init("platform", .string("\(image.config.platform)")), .init("layers", .number("\(count)")),
            .init("size", .number("\(size)")),
        ])
    }

    /// Begins to show these layers; `sample` fills in how far each is, at each view.
    func begin(_ layers: [Descriptor], sample: @escaping @Sendable (Int, inout LayerProgress) -> Void) {
        let view = state.withLock { state in
            state.layers = layers.map { LayerProgress(digest: $0.digest, size: $0.size) }
            state.isShown = true
            state.current += 1
            return state.current
        }
        guard style == .auto || style == .json else { return }
        Thread.detachNewThread { [self] in
            var sum = ProgressSum()
            var round = 0
            while state.withLock({ update(&$0, view, round, &sum, sample) }) {
                usleep(Self.pause)
                round += 1
            }
        }
    }

    /// Shows how far it is; false when this view is over.
    private func update(
        _ state: inout State, _ view: Int, _ round: Int, _ sum: inout ProgressSum,
        _ sample: (Int, inout LayerProgress) -> Void
    ) -> Bool {
        guard state.isShown, state.current == view else { return false }
        let before = state.layers
        if style == .json, round % Self.pauses != 0 { return true }
        for index in state.layers.indices { sample(index, &state.layers[index]) }
        if style == .json {
            for (number, layer) in state.layers.enumerated() where layer != before[number] {
                Terminal.write(layer.event(number: number).line + "\n", to: STDERR_FILENO)
            }
        } else {
            let (columns, rows) = Self.window
            let total = sum.line(state.layers, at: Self.now)
            Terminal.write(
                state.view.draw(state.layers, doing: verbs.doing, total: total, columns: columns, rows: rows),
                to: STDERR_FILENO)
        }
        return true
    }

    /// A layer is done.
    public func finished(_ number: Int) {
        let (layer, count) = state.withLock { state in
            state.layers[number].isDone = true
            state.layers[number].downloaded = state.layers[number].size
            state.layers[number].processed = state.layers[number].size
            return (state.layers[number], state.layers.count)
        }
        if style == .json { Terminal.write(layer.event(number: number).line + "\n", to: STDERR_FILENO) }
        guard style == .plain else { return }
        note("layer \(number + 1)/\(count) \(layer.digest.short) \(verbs.done) (\(ByteCount(layer.size)))")
    }

    /// Takes the live view away.
    func end() {
        state.withLock { state in
            state.isShown = false
            Terminal.write(state.view.erase(columns: Self.window.columns), to: STDERR_FILENO)
        }
    }

    private static var now: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The terminal's size now.
    private static var window: (columns: Int, rows: Int) {
        var window = winsize()
        unsafe _ = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &window)
        return (window.ws_col == 0 ? 80 : Int(window.ws_col), window.ws_row == 0 ? 24 : Int(window.ws_row))
    }
}
