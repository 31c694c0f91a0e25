/// Writes tar archives for tests: what no program would write, too.
struct TarBuilder {
    private(set) var bytes: [UInt8] = []

    /// Appends an entry, ustar by default.
    mutating func add(
        _ name: String, _ type: Character = "0", mode: Int = 0o644, mtime: Int = 1_700_000_000, link: String = "",
        content: [UInt8] = [], size: Int? = nil
    ) {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            for (index, byte) in text.utf8.enumerated() { block[offset + index] = byte }
        }
        func octal(_ value: Int, width: Int) -> String {
            let digits = String(value, radix: 8)
            return String(repeating: "0", count: width - digits.count) + digits
        }
        if name.utf8.count > 100 || link.utf8.count > 100 {
            add(pax: [("path", name), ("linkpath", link)])
        }
        put(String(name.prefix(100)), at: 0)
        put(octal(mode, width: 7), at: 100)
        put("0000000", at: 108)
        put("0000000", at: 116)
        put(octal(size ?? content.count, width: 11), at: 124)
        put(octal(mtime, width: 11), at: 136)
        put(String(type), at: 156)
        put(String(link.prefix(100)), at: 157)
        put("ustar\u{0}00", at: 257)
        put("        ", at: 148)
        put(octal(block.reduce(0) { $0 + Int($1) }, width: 6) + "\u{0} ", at: 148)
        bytes += block + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
    }

    /// Appends a pax header for the next entry.
    mutating func add(pax records: [(String, String)], type: Character = "x") {
        var text: [UInt8] = []
        for (key, value) in records where !value.isEmpty {
            let body = " \(key)=\(value)\n"
            var length = body.utf8.count + 1
            while "\(length)".utf8.count + body.utf8.count != length { length += 1 }
            text += Array("\(length)\(body)".utf8)
        }
        add("pax", type, content: text)
    }

    mutating func directory(_ name: String, mode: Int = 0o755) { add(name, "5", mode: mode) }
    mutating func file(_ name: String, _ content: String = "x", mode: Int = 0o644) {
        add(name, mode: mode, content: Array(content.utf8))
    }
    mutating func symbolicLink(_ name: String, to target: String) { add(name, "2", mode: 0o777, link: target) }
    mutating func hardLink(_ name: String, to target: String) { add(name, "1", link: target) }

    /// The archive with its end.
    var archive: [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }

    /// An archive of what `build` adds.
    static func archive(_ build: (inout TarBuilder) -> Void) -> [UInt8] {
        var builder = TarBuilder()
        build(&builder)
        return builder.archive
    }
}
