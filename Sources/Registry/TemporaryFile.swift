import Glibc

/// Files without a name, gone with the process: what the cache does not keep lies in them.
public enum TemporaryFile {
    /// An open file on the first disk that has room for `size` bytes, and how many there are free: in `$TMPDIR`,
    /// `/var/tmp`, `/tmp`, the working folder. Throws `RegistryError.file` when there is none.
    public static func make(size: Int64) throws -> (descriptor: CInt, freeBytes: Int64) {
        let preferred = unsafe getenv("TMPDIR").map { unsafe [String(cString: $0)] } ?? []
        let folders = preferred + ["/var/tmp", "/tmp", "."]
        for folder in folders {
            let free = freeBytes(folder)
            guard free >= size else { continue }
            var template = Array("\(folder)/d-utils-XXXXXX".utf8CString)
            let descriptor = unsafe mkstemp(&template)
            guard descriptor >= 0 else { continue }
            unsafe unlink(template)
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            return (descriptor, free)
        }
        throw RegistryError.file(
            folders.joined(separator: "', '"),
            reason: "no temporary file of \(size) bytes can be made; set TMPDIR to a folder with more room")
    }

    /// How much an ordinary user may write there.
    public static func freeBytes(_ folder: String) -> Int64 {
        var status = statvfs()
        guard unsafe statvfs(folder, &status) == 0 else { return 0 }
        let (free, overflow) = Int64(clamping: status.f_bavail).multipliedReportingOverflow(
            by: Int64(clamping: status.f_frsize))
        return overflow ? .max : free
    }
}
