internal import Console
internal import ContainerImage
internal import Fetching
import Glibc
internal import Registry

/// `d-inspect`: what is known of an image or a container, as a table or as JSON.
public struct Inspect {
    private let options: InspectOptions
    private let interruption: Interruption

    /// Work that has not begun. To be made before any other thread is.
    public init(_ options: InspectOptions) {
        self.options = options
        interruption = Interruption.watch()
    }

    /// Prints the answer; returns the exit status. Throws what went wrong.
    public func run() throws -> Int32 {
        do {
            Terminal.write(try answer(), to: STDOUT_FILENO)
            return 0
        } catch {
            interruption.endProcessIfReceived()
            throw error
        }
    }

    private func answer() throws -> String {
        let progress = CommandProgress(.plain, of: InspectOptions.syntax.name)
        if options.answer != .tags, PulledContainer.isMeant(by: options.operand) {
            let container = try PulledContainer(at: options.operand)
            if options.answer == .digest { return "\(container.origin.digest)\n" }
            let report = ContainerReport(container, container.changes())
            return options.answer == .json ? report.json.prettyPrinted + "\n" : report.table
        }
        let location = try SourceOptions.location(options.operand)
        let opened = try OpenSource(location, options.source, interruption, progress)
        if options.answer == .tags {
            return try opened.source.tags().map { Terminal.escape($0) + "\n" }.joined()
        }
        if options.answer == .digest { return "\(try opened.source.digest())\n" }
        let report = ImageReport(try opened.image(), from: location)
        return options.answer == .json ? report.json.prettyPrinted + "\n" : report.table
    }
}
