internal import ContainerImage
import Glibc
internal import Layers
internal import Registry

/// Opens the archives that a REF may name. Layers knows tar and compression, Registry knows images; they meet here, in
/// an open file and the places of its members.
enum ArchiveFile {
    /// What a temporary file leaves free on its disk, in bytes.
    private static let diskReserve: Int64 = 64 << 20

    /// Opens the archive at `path`; `-` is standard input. A plain tar in a file is read where it lies, all else is
    /// first written out plain to a file without a name.
    static func open(_ path: String, _ interruption: Interruption) throws -> ImageFiles.Archive {
        let name = path == "-" ? "standard input" : path
        guard path != "-" || isatty(STDIN_FILENO) == 0 else {
            throw FetchError.archive(name, reason: "it is a terminal; an archive was expected")
        }
        var file = path == "-" ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
        var status = stat()
        guard file >= 0, unsafe fstat(file, &status) == 0 else {
            throw FetchError.archive(name, reason: unsafe String(cString: strerror(errno)))
        }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            close(file)
            throw FetchError.archive(name, reason: "it is a folder; oci:\(path) reads one in the OCI image layout")
        }
        do {
            let isInPlace = status.st_mode & S_IFMT == S_IFREG && TarIndex.isPlain(file)
            if !isInPlace { file = try spool(file, name, interruption) }
            let index = try TarIndex(of: file, path: name)
            return ImageFiles.Archive(path: name, file: file, members: index.members)
        } catch let error as RegistryError {
            throw error
        } catch let error as Interruption.Received {
            throw error
        } catch {
            throw FetchError.archive(name, reason: "\(error)")
        }
    }

    /// Writes an archive out plain; closes `file`.
    private static func spool(_ file: CInt, _ name: String, _ interruption: Interruption) throws -> CInt {
        let source = InterruptibleSource(
            source: FileSource(adopting: file, path: name), file: file, interruption: interruption)
        let (plain, free) = try TemporaryFile.make(size: diskReserve)
        do {
            try TarIndex.decompress(source, into: plain, sizeLimit: max(0, free - diskReserve))
        } catch {
            close(plain)
            throw error
        }
        return plain
    }
}

/// A pipe or file whose reader meets an interruption also while nothing comes.
private struct InterruptibleSource: ByteSource {
    private static let pause: CInt = 100  // milliseconds between two looks

    let source: FileSource
    let file: CInt
    let interruption: Interruption

    func read(into buffer: inout MutableRawSpan) throws -> Int {
        var poller = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
        repeat { try interruption.check() } while unsafe poll(&poller, 1, Self.pause) == 0
        return try source.read(into: &buffer)
    }
}
