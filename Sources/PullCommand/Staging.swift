internal import ContainerImage
import Glibc
internal import Layers

/// A container in the making: a hidden folder beside the one it is to become, `.NAME.d-pull-XXXXXX`.
///
/// It is locked as long as its maker lives, so a later pull can tell what a killed one has left, and clears it.
/// `publish` gives it its name by one rename; until then nothing stands there.
///
/// What is in it is reached through its descriptor, never by its path: where others may write in the parent, they can
/// put another folder, or a link to one, in its place.
struct Staging {
    /// The folder's final path.
    let target: String
    /// Its path until then.
    let path: String
    private let lock: CInt

    private static let marker = ".d-pull-"

    /// Makes the hidden folder for a new container. Throws `PullError` when the target exists or its parent cannot be
    /// written.
    init(for target: String) throws {
        let target = target.count > 1 && target.hasSuffix("/") ? String(target.dropLast()) : target
        var status = stat()
        guard unsafe lstat(target, &status) != 0 else { throw PullError.folderExists(target) }
        try self.init(beside: target)
    }

    /// Makes the hidden folder beside `target`.
    init(beside target: String) throws {
        let slash = target.lastIndex(of: "/")
        let parent = slash.map { $0 == target.startIndex ? "/" : String(target[..<$0]) } ?? "."
        let name = slash.map { String(target[target.index(after: $0)...]) } ?? target
        Self.clearLeftovers(in: parent)
        (path, lock) = try Self.makeFolder(in: parent, ".\(name)\(Self.marker)XXXXXX")
        self.target = target
        try makeRootfs()
    }

    private func makeRootfs() throws(PullError) {
        guard unsafe mkdir(rootfs, 0o755) == 0 else {
            throw PullError.system("cannot make '\(path)/\(ContainerFolder.rootfs)'", errno)
        }
    }

    /// Makes and locks the folder. Another pull may take it for a leftover in between; then a new one is made.
    private static func makeFolder(
        in parent: String, _ template: String
    ) throws(PullError) -> (path: String, lock: CInt) {
        while true {
            var name = Array("\(parent)/\(template)".utf8CString)
            guard unsafe mkdtemp(&name) != nil else {
                throw PullError.system("cannot make a folder in '\(parent)'", errno)
            }
            let path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if let lock = lock(path) { return (path, lock) }
        }
    }

    /// The folder itself, whatever has its path now.
    private var inside: String { "/proc/self/fd/\(lock)" }

    /// Where the image's files go.
    var rootfs: String { "\(inside)/\(ContainerFolder.rootfs)" }

    /// Empties `rootfs` for another try.
    func startOver() throws {
        try Tree.remove(rootfs)
        try makeRootfs()
    }

    /// Writes a text file into the folder, with these permissions if they are not to be the usual ones.
    func write(_ text: String, to name: String, mode: UInt32? = nil) throws {
        guard let file = unsafe fopen("\(inside)/\(name)", "wxe") else {
            throw PullError.system("cannot write '\(name)' in '\(path)'", errno)
        }
        if let mode { unsafe _ = fchmod(fileno(file), mode) }
        let written = unsafe fputs(text, file)
        guard unsafe fclose(file) == 0, written >= 0 else {
            throw PullError.system("cannot write '\(name)' in '\(path)'", errno)
        }
    }

    /// Gives the folder its name. Throws `PullError` when something else has taken it meanwhile.
    func publish() throws {
        let mask = umask(0)
        umask(mask)
        guard isInPlace(path) else { throw PullError.replaced(path) }
        guard fchmod(lock, 0o777 & ~mask) == 0, unsafe rename(path, target) == 0 else {
            guard errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR else {
                throw PullError.system("cannot rename '\(path)' to '\(target)'", errno)
            }
            throw PullError.folderExists(target)
        }
        guard isInPlace(target) else { throw PullError.replaced(target) }
        close(lock)
    }

    /// Whether a path leads to this folder.
    private func isInPlace(_ path: String) -> Bool {
        var here = stat()
        var there = stat()
        return unsafe fstat(lock, &here) == 0 && lstat(path, &there) == 0 && here.st_dev == there.st_dev
            && here.st_ino == there.st_ino
    }

    /// Puts what is in the folder into the place of the container's own, which is then here: the rootfs by one exchange,
    /// the files by one rename each, `image.txt` last. Until that one says otherwise, an update that was killed here is
    /// made again.
    func exchange() throws {
        try RenameExchange.exchange(rootfs, "\(target)/\(ContainerFolder.rootfs)")
        for name in [ContainerFolder.config, ContainerFolder.imageConfig, ContainerFolder.image] {
            guard unsafe rename("\(inside)/\(name)", "\(target)/\(name)") == 0 else {
                throw PullError.system("cannot rename '\(path)/\(name)' into '\(target)'", errno)
            }
        }
    }

    /// Removes the folder, whatever it holds.
    func discard() {
        Self.remove(path, lock)
    }

    /// Removes what killed pulls have left in `parent`: folders of ours with the marker that nobody holds locked. Not
    /// where others could have given a folder of ours that name.
    private static func clearLeftovers(in parent: String) {
        var status = stat()
        guard unsafe stat(parent, &status) == 0, status.st_uid == geteuid() || status.st_uid == 0,
            status.st_mode & 0o022 == 0 || status.st_mode & S_ISVTX != 0, let folder = unsafe opendir(parent)
        else { return }
        defer { unsafe closedir(folder) }
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
            }
            guard name.hasPrefix("."), name.contains(marker) else { continue }
            if let lock = lock("\(parent)/\(name)") { remove("\(parent)/\(name)", lock) }
        }
    }

    /// Empties a folder through its descriptor, which is closed; what is empty may go by its path.
    private static func remove(_ path: String, _ lock: CInt) {
        try? Tree.empty(lock)
        unsafe rmdir(path)
        close(lock)
    }

    /// Takes the lock of a folder that belongs to this user; nil when there is none to take.
    private static func lock(_ path: String) -> CInt? {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_uid == geteuid(),
            flock(descriptor, LOCK_EX | LOCK_NB) == 0,
            unsafe fstat(descriptor, &status) == 0, status.st_nlink > 0
        else {
            close(descriptor)
            return nil
        }
        return descriptor
    }
}
