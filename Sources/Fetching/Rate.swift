/// How fast a number grows, by what it did in the last seconds.
struct Rate {
    private static let window = 5.0  // seconds

    private var samples: [(time: Double, value: Int64)] = []

    /// Notes the number at a time in seconds; times only grow.
    mutating func add(_ value: Int64, at time: Double) {
        samples.append((time, value))
        while samples.count > 2, samples[1].time < time - Self.window { samples.removeFirst() }
    }

    /// By how much it grows in a second.
    var perSecond: Double {
        guard let first = samples.first, let last = samples.last, last.time - first.time > 0.2 else { return 0 }
        return Double(last.value - first.value) / (last.time - first.time)
    }

    /// Seconds until it has grown by `rest`; nil when that is not known.
    func time(for rest: Int64) -> Double? {
        if rest <= 0 { return 0 }
        return perSecond > 0 ? Double(rest) / perSecond : nil
    }
}
