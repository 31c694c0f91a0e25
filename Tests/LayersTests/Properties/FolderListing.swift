import Foundation
import TestSupport

/// What is below a folder, a line a path, read within this process: fast, but for root only where modes are closed.
enum FolderListing {
    static func line(_ path: String, _ what: String, _ seconds: Int, _ nanoseconds: Int, _ link: String?) -> String {
        "\(path.debugDescription) \(seconds)+\(nanoseconds) \(what.debugDescription)"
            + (link.map { " same as \($0.debugDescription)" } ?? "")
    }

    /// Stands for a file's content, within a run of the tests.
    static func summary(of content: [UInt8]) -> String { "\(content.count) bytes, \(content.hashValue)" }

    static func lines(of root: String) throws -> [String] {
        var found: [(path: String, status: stat)] = []
        try collect(root, at: ".", into: &found)
        found.sort { $0.path < $1.path }
        var groups: [ino_t: String] = [:]
        return try found.map { path, status in
            var link: String?
            if status.st_nlink > 1, status.st_mode & S_IFMT != S_IFDIR {
                link = groups[status.st_ino] ?? path
                groups[status.st_ino] = link
            }
            let what = try describe("\(root)/\(path)", status)
            return line(path, what, status.st_mtim.tv_sec, status.st_mtim.tv_nsec, link)
        }
    }

    private static func describe(_ path: String, _ status: stat) throws -> String {
        let mode = String(status.st_mode & 0o7777, radix: 8)
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return "directory \(mode)"
        case S_IFIFO: return "fifo \(mode)"
        case S_IFLNK:
            var target = [CChar](repeating: 0, count: 4097)
            let count = readlink(path, &target, 4096)
            return "link \(String(decoding: target.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self))"
        case S_IFREG:
            let file = open(path, O_RDONLY | O_CLOEXEC)
            guard file >= 0 else { throw Program.Failure(description: "\(path): errno \(errno)") }
            defer { close(file) }
            var content = [UInt8](repeating: 0, count: Int(status.st_size))
            let count = read(file, &content, content.count)
            return "file \(mode) \(summary(of: Array(content.prefix(count))))"
        default: return "other \(status.st_mode)"
        }
    }

    private static func collect(_ root: String, at path: String, into found: inout [(path: String, status: stat)])
        throws
    {
        var status = stat()
        guard lstat("\(root)/\(path)", &status) == 0 else {
            throw Program.Failure(description: "\(path): errno \(errno)")
        }
        found.append((path, status))
        guard status.st_mode & S_IFMT == S_IFDIR else { return }
        guard let folder = opendir("\(root)/\(path)") else {
            throw Program.Failure(description: "\(path): errno \(errno)")
        }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
            }
            if name != ".", name != ".." { try collect(root, at: "\(path)/\(name)", into: &found) }
        }
    }
}
