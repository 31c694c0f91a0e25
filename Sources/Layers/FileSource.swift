import Glibc

/// The bytes of a file, from its beginning.
public final class FileSource: ByteSource, Sendable {
    private let descriptor: CInt
    private let path: String

    /// Opens the file at `path`. Throws `LayerError`.
    public init(_ path: String) throws {
        self.path = path
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw LayerError.system("open", path, errno) }
    }

    /// Reads on from where an open file is; closes it in the end. `path` is its name in errors.
    public init(adopting descriptor: CInt, path: String) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Seeks in a file, which may lead beyond its end; nothing is left out of what is none.
    public func skip(_ count: Int64) -> Int64 { lseek(descriptor, Int(count), SEEK_CUR) < 0 ? 0 : count }

    /// Reads on from where the last call ended.
    public func read(into buffer: inout MutableRawSpan) throws -> Int {
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe Glibc.read(descriptor, bytes.baseAddress, bytes.count)
            }
            if count >= 0 { return count }
            guard errno == EINTR else { throw LayerError.system("read", path, errno) }
        }
    }
}
