import ContainerImage
import Glibc

/// The file by which others see that a container runs: d-run holds a shared lock on it (flock(2)) as long as it lives,
/// and its process id is a line inside. Whoever wants to change the container takes the lock alone.
struct RunLock {
    /// How many bytes of ids are kept: a hundred runs.
    private static let sizeLimit = 700

    /// `DIR/run.lock`, and where the folder cannot be written, a file of the user's own for the same folder.
    let paths: [String]
    private let folder: String

    init(_ container: Container) {
        folder = container.path
        var paths = ["\(container.path)/\(ContainerFolder.runLock)"]
        var status = stat()
        if let runtime = FileSystem.environment("XDG_RUNTIME_DIR"), RootResolver.isAbsolute(runtime),
            unsafe stat(container.path, &status) == 0
        {
            paths.append("\(runtime)/d-run-\(status.st_dev)-\(status.st_ino).lock")
        }
        self.paths = paths
    }

    /// Takes the lock until this process ends. Nothing happens where there is no place for it: then nobody else can
    /// change the container either. Throws `RunError.containerBusy` when another has it alone.
    func hold() throws {
        for path in paths {
            let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o644)
            guard descriptor >= 0 else { continue }
            guard take(descriptor) else { throw RunError.containerBusy(folder) }
            let line = Array("\(getpid())\n".utf8)
            unsafe write(descriptor, line, line.count)
            return
        }
    }

    /// Who is alone for a moment removes the ids of those that are gone; so others may have to try again. A few of them
    /// may stay: to cut a file takes a file system longer than all else that is done here.
    private func take(_ descriptor: CInt) -> Bool {
        for _ in 0..<100 {
            var status = stat()
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0, unsafe fstat(descriptor, &status) == 0,
                status.st_size > Self.sizeLimit
            {
                ftruncate(descriptor, 0)
            }
            if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return true }
            usleep(5000)
        }
        return false
    }

    /// The processes that hold the lock, the latest first. An id in the file counts only when that process has the very
    /// file open: ids are used again.
    var holders: [pid_t] {
        paths.flatMap { path in
            var file = stat()
            guard unsafe stat(path, &file) == 0,
                let text = FileSystem.contents(of: path, sizeLimit: 1 << 20)
            else { return [pid_t]() }
            return text.split(separator: UInt8(ascii: "\n")).reversed()
                .compactMap { pid_t(String(decoding: $0, as: UTF8.self)) }
                .filter { process in
                    FileSystem.names(in: "/proc/\(process)/fd").contains { name in
                        var opened = stat()
                        return unsafe stat("/proc/\(process)/fd/\(name)", &opened) == 0 && opened.st_ino == file.st_ino
                            && opened.st_dev == file.st_dev
                    }
                }
        }
    }
}
