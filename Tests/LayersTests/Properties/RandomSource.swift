import Foundation

/// Random numbers that a seed repeats: SplitMix64.
struct RandomSource: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
    mutating func one<Element>(of elements: [Element]) -> Element { elements[below(elements.count)] }

    /// A part of the seeds of a run, which are `count` from 1 on. `D_UTILS_CASES=20` runs twenty times as many,
    /// `D_UTILS_SEED=N` only that one.
    static func seeds(_ count: Int, part: Int = 0, of parts: Int = 1) -> [UInt64] {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["D_UTILS_SEED"].flatMap(UInt64.init) { return part == 0 ? [seed] : [] }
        let factor = environment["D_UTILS_CASES"].flatMap(Int.init) ?? 1
        return stride(from: UInt64(part) + 1, through: UInt64(count * factor), by: parts).map { $0 }
    }
}
