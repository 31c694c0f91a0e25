/// Formats of programs that the administrator has taught the kernel, as qemu-user-static does for other machines'.
/// https://docs.kernel.org/admin-guide/binfmt-misc.html
struct RegisteredFormats {
    var folder = "/proc/sys/fs/binfmt_misc"

    /// Whether one of them is that of a file with these first bytes and this name.
    func include(head: [UInt8], name: String) -> Bool {
        guard lines(of: "status").first == "enabled" else { return false }
        return FileSystem.names(in: folder).contains { entry in
            let lines = lines(of: entry)
            guard lines.first == "enabled" else { return false }
            func value(_ key: String) -> String? {
                lines.first { $0.hasPrefix("\(key) ") }.map { String($0.dropFirst(key.count + 1)) }
            }
            if let ending = value("extension") { return name.hasSuffix(ending) }
            guard let magic = value("magic").flatMap(Self.bytes), let offset = value("offset").flatMap({ Int($0) }),
                offset >= 0, offset <= head.count - magic.count
            else { return false }
            let mask = value("mask").flatMap(Self.bytes) ?? []
            return magic.indices.allSatisfy { index in
                (head[offset + index] ^ magic[index]) & (mask.indices.contains(index) ? mask[index] : 0xFF) == 0
            }
        }
    }

    private func lines(of entry: String) -> [String] {
        let text = FileSystem.contents(of: "\(folder)/\(entry)", sizeLimit: 65536) ?? []
        return text.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The bytes of hexadecimal digits.
    private static func bytes(_ digits: String) -> [UInt8]? {
        let digits = Array(digits)
        let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
            UInt8(String(digits[$0...$0 + 1]), radix: 16)
        }
        return bytes.count * 2 == digits.count ? bytes : nil
    }
}
