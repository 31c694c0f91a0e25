import Foundation
import Glibc

/// The named files that make an image: those of a folder, or of a tar, read where they lie.
public enum ImageFiles: Sendable {
    /// A tar without compression, open, and where its files lie in it.
    public final class Archive: Sendable {
        let path: String
        let file: CInt
        let members: [String: Range<Int64>]

        /// Takes over the open file. `path` is its name in errors.
        public init(path: String, file: CInt, members: [String: Range<Int64>]) {
            self.path = path
            self.file = file
            self.members = members
        }

        deinit { close(file) }
    }

    /// A folder's path.
    case folder(String)
    /// A tar.
    case archive(Archive)

    /// Where they are, for errors.
    var path: String {
        switch self {
        case .folder(let path): path
        case .archive(let archive): archive.path
        }
    }

    /// Opens a file: a descriptor for the caller to close, and the bytes in it that are the file's. Nil when there is
    /// none.
    func open(_ name: String) -> (descriptor: CInt, bytes: Range<Int64>)? {
        switch self {
        case .folder(let path):
            let file = unsafe Glibc.open("\(path)/\(name)", O_RDONLY | O_CLOEXEC)
            var status = stat()
            guard file >= 0, unsafe fstat(file, &status) == 0 else { return nil }
            return (file, 0..<Int64(status.st_size))
        case .archive(let archive):
            guard let bytes = archive.members[name] else { return nil }
            let file = fcntl(archive.file, F_DUPFD_CLOEXEC, 0)
            return file < 0 ? nil : (file, bytes)
        }
    }

    /// A whole file, up to a limit in bytes; `missing` tells what it means when there is none.
    func contents(_ name: String, limit: Int64, missing: String) throws -> [UInt8] {
        guard let (file, place) = open(name) else { throw RegistryError.file("\(path)/\(name)", reason: missing) }
        defer { close(file) }
        guard place.count <= limit else { throw RegistryError.tooLarge(subject: "\(path)/\(name)", limit: limit) }
        var bytes = [UInt8](repeating: 0, count: place.count)
        var filled = 0
        while filled < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(
                    file, buffer.baseAddress?.advanced(by: filled), buffer.count - filled,
                    Int(place.lowerBound) + filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw RegistryError.file("\(path)/\(name)", reason: "it cannot be read") }
            filled += count
        }
        return bytes
    }
}
