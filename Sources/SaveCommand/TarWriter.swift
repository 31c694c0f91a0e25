import Glibc
internal import Layers

/// Writes a tar of plain files that says nothing of when and by whom it was made: the same files give the same bytes.
///
/// POSIX.1-2017, pax, "ustar Interchange Format"; a name over 100 bytes or a size of 8 GiB and more stands in a pax
/// header before the file's own.
struct TarWriter {
    private static let chunkSize = 512 << 10

    private let descriptor: CInt

    init(_ descriptor: CInt) {
        self.descriptor = descriptor
    }

    /// Writes a small file.
    func add(_ name: String, _ content: [UInt8]) throws {
        try addHeader(name, size: Int64(content.count))
        try write(content[...])
        try pad(Int64(content.count))
    }

    /// Writes a file of `size` bytes, which `source` has.
    func add(_ name: String, size: Int64, _ source: some ByteSource) throws {
        try addHeader(name, size: size)
        var source = source
        var chunk = [UInt8](repeating: 0, count: Self.chunkSize)
        while true {
            var span = chunk.mutableSpan
            var buffer = unsafe span.mutableBytes
            let count = try source.read(into: &buffer)
            if count == 0 { break }
            try write(chunk[..<count])
        }
        try pad(size)
    }

    /// Ends the archive.
    func finish() throws { try write([UInt8](repeating: 0, count: 1024)[...]) }

    private func addHeader(_ name: String, size: Int64) throws {
        var records = ""
        if name.utf8.count > 100 { records += Self.record("path", name) }
        if size >> 33 != 0 { records += Self.record("size", "\(size)") }
        if !records.isEmpty {
            try write(Self.header("pax", size: Int64(records.utf8.count), typeflag: "x")[...])
            try write(Array(records.utf8)[...])
            try pad(Int64(records.utf8.count))
        }
        try write(Self.header(name, size: size >> 33 == 0 ? size : 0, typeflag: "0")[...])
    }

    /// A pax record: its own length, the key and the value.
    private static func record(_ key: String, _ value: String) -> String {
        let rest = " \(key)=\(value)\n"
        var length = rest.utf8.count + 1
        while "\(length)".utf8.count + rest.utf8.count != length { length += 1 }
        return "\(length)\(rest)"
    }

    private static func header(_ name: String, size: Int64, typeflag: Character) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            for (index, byte) in text.utf8.enumerated() { block[offset + index] = byte }
        }
        func octal(_ value: Int64, digits: Int) -> String {
            let text = String(value, radix: 8)
            return String(repeating: "0", count: digits - text.count) + text
        }
        put(String(name.prefix(100)), at: 0)
        put(octal(0o644, digits: 7), at: 100)
        put(octal(0, digits: 7), at: 108)
        put(octal(0, digits: 7), at: 116)
        put(octal(size, digits: 11), at: 124)
        put(octal(0, digits: 11), at: 136)
        put("        ", at: 148)
        put(String(typeflag), at: 156)
        put("ustar\0" + "00", at: 257)
        put(octal(block.reduce(Int64(0)) { $0 + Int64($1) }, digits: 6) + "\0 ", at: 148)
        return block
    }

    private func pad(_ size: Int64) throws {
        let count = Int((512 - size % 512) % 512)
        if count > 0 { try write([UInt8](repeating: 0, count: count)[...]) }
    }

    private func write(_ bytes: ArraySlice<UInt8>) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SaveError.system("cannot write the archive", errno) }
            rest = rest.dropFirst(count)
        }
    }
}
