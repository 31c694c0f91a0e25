/// What a whole process has cost, its start and its children included.
struct Measurement {
    /// Seconds from its start to its end.
    var wall: Double
    /// User and system seconds.
    var cpu: Double
    /// Bytes that were resident at most in one process. Not less than this program's own peak: a child inherits it.
    var peak: Double
}

extension [Double] {
    /// The middle value; of an even number the mean of the two in the middle, of none NaN.
    var median: Double {
        guard !isEmpty else { return .nan }
        let sorted = sorted()
        return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    }
}
