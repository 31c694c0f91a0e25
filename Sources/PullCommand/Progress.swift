import Console
import Foundation
import Glibc
import Synchronization

/// What a pull tells people on standard error: lines that live on a terminal, a line a step elsewhere, or nothing.
final class Progress: Sendable {
    private struct State {
        var layers: [LayerProgress] = []
        /// How many lines of the live view stand above the cursor.
        var linesShown = 0
        var isLive = false
    }

    private static let pause: UInt32 = 100_000  // microseconds between two views

    private let style: PullOptions.ProgressStyle
    private let state = Mutex(State())

    init(_ style: PullOptions.ProgressStyle) {
        self.style = style == .auto && isatty(STDERR_FILENO) == 0 ? .plain : style
    }

    /// A line that stays.
    func note(_ text: String) {
        guard style != .none else { return }
        report(text)
    }

    /// A line that is shown in any style.
    func warn(_ text: String) {
        report("warning: \(text)")
    }

    private func report(_ text: String) {
        state.withLock { state in
            Self.erase(&state)
            Terminal.report(text, from: PullOptions.syntax.name)
        }
    }

    /// Begins to show these layers; `sample` fills in how far each is, at each view.
    func begin(_ layers: [LayerProgress], sample: @escaping @Sendable (Int, inout LayerProgress) -> Void) {
        state.withLock { $0.layers = layers }
        guard style == .auto else { return }
        state.withLock { $0.isLive = true }
        Thread.detachNewThread { [self] in
            let start = Self.now
            while state.withLock({ $0.isLive }) {
                state.withLock { state in
                    for index in state.layers.indices { sample(index, &state.layers[index]) }
                    if state.isLive { Self.show(&state, seconds: Self.now - start) }
                }
                usleep(Self.pause)
            }
        }
    }

    /// A layer's files are made.
    func applied(_ number: Int) {
        let layer = state.withLock { state in
            state.layers[number].isApplied = true
            return state.layers[number]
        }
        guard style == .plain else { return }
        let count = state.withLock { $0.layers.count }
        report("layer \(number + 1)/\(count) \(layer.name) unpacked (\(ByteCount(layer.size)))")
    }

    /// Takes the live view away.
    func end() {
        state.withLock { state in
            state.isLive = false
            Self.erase(&state)
        }
    }

    private static var now: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func erase(_ state: inout State) {
        guard state.linesShown > 0 else { return }
        Terminal.write("\u{1b}[\(state.linesShown)A\u{1b}[J", to: STDERR_FILENO)
        state.linesShown = 0
    }

    private static func show(_ state: inout State, seconds: Double) {
        var window = winsize()
        unsafe _ = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &window)
        let width = window.ws_col == 0 ? 79 : Int(window.ws_col) - 1
        let height = max(1, (window.ws_row == 0 ? 24 : Int(window.ws_row)) - 2)
        let lines =
            state.layers.filter(\.isActive).prefix(height).map { $0.line(width: width) }
            + [String(total(state.layers, seconds: seconds).prefix(width))]
        erase(&state)
        Terminal.write(lines.map { $0 + "\n" }.joined(), to: STDERR_FILENO)
        state.linesShown = lines.count
    }

    /// `3/8 layers, 120 MB of 300 MB, 35 MB/s, 5 s left`
    private static func total(_ layers: [LayerProgress], seconds: Double) -> String {
        let size = layers.reduce(0) { $0 + $1.size }
        let done = layers.reduce(0) { $0 + $1.downloaded }
        let text = "\(layers.count { $0.isApplied })/\(layers.count) layers, \(ByteCount(done)) of \(ByteCount(size))"
        let speed = Double(done) / max(seconds, 0.1)
        guard done < size, speed > 0 else { return text }
        return text + ", \(ByteCount(Int64(speed)))/s, \(Int(Double(size - done) / speed) + 1) s left"
    }
}
