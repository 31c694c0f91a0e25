import Foundation
import Synchronization

/// Shows what registries want people to know, each text once: `Warning: 299 - "..."`.
///
/// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#warnings
final class WarningLog: Sendable {
    /// More are not worth anybody's time.
    private static let countLimit = 10
    private static let lengthLimit = 500

    private let seen = Mutex<Set<String>>([])
    private let show: @Sendable (String) -> Void

    init(_ show: @escaping @Sendable (String) -> Void) {
        self.show = show
    }

    func note(_ response: HTTPResponse, from url: URL) {
        guard let header = response.headers["warning"] else { return }
        for match in header.matches(of: /299 \S+ "((?:[^"\\]|\\.)*)"/) {
            note("\(url.host() ?? "the registry") says: \(match.output.1.replacing("\\", with: ""))")
        }
    }

    func note(_ text: String) {
        let text = String(text.prefix(Self.lengthLimit))
        let isNew = seen.withLock { seen in seen.count < Self.countLimit && seen.insert(text).inserted }
        if isNew { show(text) }
    }
}
