/// Values by path, in little memory however many paths there are and however long: of each only 128 bits of a hash are
/// kept, with a key of this process, so that nobody can make two paths meet.
///
/// Open addressing in segments that grow one by one and by a quarter, so that growing costs no copy of the whole: a
/// path takes 18 to 23 bytes, and its value.
struct PathTable<Value> {
    private struct Segment {
        /// 0 where nothing is.
        var keys: [UInt128] = []
        var values: [Value] = []
        var count = 0

        /// Where the key is, or the free place where it belongs; there is always a free one.
        func place(of key: UInt128) -> Int {
            var place = Int(UInt64(key >> 64).multipliedFullWidth(by: UInt64(keys.count)).high)
            while keys[place] != key, keys[place] != 0 { place = place + 1 == keys.count ? 0 : place + 1 }
            return place
        }

        mutating func set(_ value: Value, for key: UInt128) -> Bool {
            if count * 8 >= keys.count * 7 { grow(filler: value) }
            let place = place(of: key)
            values[place] = value
            guard keys[place] == 0 else { return false }
            keys[place] = key
            count += 1
            return true
        }

        private mutating func grow(filler: Value) {
            let old = self
            keys = Array(repeating: 0, count: old.keys.count + old.keys.count / 4 + 8)
            values = Array(repeating: filler, count: keys.count)
            for (key, value) in zip(old.keys, old.values) where key != 0 {
                let place = place(of: key)
                keys[place] = key
                values[place] = value
            }
        }
    }

    private var segments = [Segment](repeating: Segment(), count: 64)

    /// The value of a path; nil when it has none.
    subscript(path: EntryPath) -> Value? {
        let key = Self.key(of: path)
        let segment = segments[Self.segment(of: key)]
        guard segment.count > 0 else { return nil }
        let place = segment.place(of: key)
        return segment.keys[place] == 0 ? nil : segment.values[place]
    }

    /// Gives a path a value; whether it had none.
    @discardableResult
    mutating func set(_ value: Value, for path: EntryPath) -> Bool {
        let key = Self.key(of: path)
        return segments[Self.segment(of: key)].set(value, for: key)
    }

    private static func segment(of key: UInt128) -> Int { Int(truncatingIfNeeded: key & 63) }

    private static func key(of path: EntryPath) -> UInt128 {
        let halves = [UInt8(0), 1].map { half in
            var hasher = Hasher()
            hasher.combine(half)
            unsafe path.bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
            return UInt128(UInt64(bitPattern: Int64(hasher.finalize())))
        }
        return max(1, halves[0] << 64 | halves[1])
    }
}
