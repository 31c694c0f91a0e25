import Glibc

/// A file of variables in docker's format: `NAME=value` or `NAME` a line, comments after `#`, no quoting.
enum EnvironmentFile {
    static let sizeLimit = 1 << 20

    /// The entries, as `Env` in `config.json` has them. Throws `RunError.badEnvironmentFile`.
    static func entries(of path: String) throws -> [String] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw RunError.badEnvironmentFile(path, reason: FileSystem.lastError) }
        defer { close(descriptor) }
        guard let bytes = FileSystem.readToEnd(descriptor, sizeLimit: sizeLimit), !bytes.contains(0) else {
            throw RunError.badEnvironmentFile(path, reason: "no text of at most \(sizeLimit) bytes")
        }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return try lines.enumerated().compactMap { index, line in
            let text = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            let entry = String(decoding: text.drop { $0 == 0x20 || $0 == 0x09 }, as: UTF8.self)
            guard !entry.isEmpty, !entry.hasPrefix("#") else { return nil }
            let name = entry.prefix { $0 != "=" }
            guard !name.isEmpty, !name.contains(where: \.isWhitespace) else {
                throw RunError.badEnvironmentFile(path, reason: "line \(index + 1) has no variable name before '='")
            }
            return entry
        }
    }
}
