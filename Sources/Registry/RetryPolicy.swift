import Foundation

/// When and how long to wait before a request is sent again.
struct RetryPolicy: Sendable {
    /// How many times a request is sent again without any progress.
    var retries = 5
    /// The first pause in seconds; each later one is twice as long.
    var firstPause = 0.5
    /// The longest pause that a server may ask for, in seconds.
    var longestPause = 60.0

    /// Statuses that may be better next time.
    static func isTransient(_ status: Int) -> Bool { status == 408 || status == 429 || (500...599).contains(status) }

    /// The pause in seconds before retry number `attempt` (from 0): doubled each time, a random half of it taken off,
    /// so that many clients do not come back at once.
    func pause(before attempt: Int) -> Double {
        firstPause * Double(1 << min(attempt, 10)) * Double.random(in: 0.5...1)
    }

    /// What `Retry-After` asks for in seconds: a number or a date (RFC 9110, section 10.2.3).
    static func retryAfter(_ response: HTTPResponse, now: Date = .now) -> Double? {
        guard let text = response.headers["retry-after"] else { return nil }
        if let seconds = Double(text) { return max(0, seconds) }
        let parts = text.split(separator: " ")
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard parts.count == 6, let day = Int(parts[1]), let month = months.firstIndex(of: String(parts[2])),
            let year = Int(parts[3]), (1...31).contains(day), (1970...9999).contains(year)
        else { return nil }
        let clock = parts[4].split(separator: ":").compactMap { Int($0) }
        guard clock.count == 3, clock.allSatisfy({ (0...60).contains($0) }) else { return nil }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: 0) ?? .current
        let date = calendar.date(
            from: DateComponents(
                year: year, month: month + 1, day: day, hour: clock[0], minute: clock[1], second: clock[2]))
        return date.map { max(0, $0.timeIntervalSince(now)) }
    }
}
