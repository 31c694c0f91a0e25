import Glibc

/// What is made, changed and removed in an open directory, each by a single name that is not followed.
extension RootDirectory {
    /// Makes a directory, without more said one that its owner can work in. False when something of this name is there
    /// already.
    func makeDirectory(
        _ name: some Collection<UInt8>, in directory: Directory, mode: UInt32 = 0o700
    ) throws(LayerError) -> Bool {
        let result = unsafe Self.withName(name) { unsafe mkdirat(directory.descriptor, $0, mode) }
        guard result == 0 || errno == EEXIST else {
            throw .system("mkdir", "\(directory.path.appending(name))", errno)
        }
        return result == 0
    }

    /// What is there: nil when nothing is.
    func status(_ name: some Collection<UInt8>, in directory: Directory) -> stat? {
        var status = stat()
        let result = unsafe Self.withName(name) {
            unsafe fstatat(directory.descriptor, $0, &status, AT_SYMLINK_NOFOLLOW)
        }
        return result == 0 ? status : nil
    }

    /// Calls `make`; where something is in the way, it is removed and `make` called again. So the usual case, a new
    /// name, costs no look at it before, and nothing is ever written through what stood there.
    func replace(
        _ call: String, _ name: ArraySlice<UInt8>, in directory: Directory, _ make: (UnsafePointer<CChar>) -> CInt
    ) throws(LayerError) -> CInt {
        var result = unsafe Self.withName(name) { unsafe make($0) }
        if result < 0, errno == EEXIST {
            try removeTree(name, in: directory)
            result = unsafe Self.withName(name) { unsafe make($0) }
        }
        guard result >= 0 else { throw .system(call, "\(directory.path.appending(name))", errno) }
        return result
    }

    /// Removes anything but a directory.
    func unlink(_ name: some Collection<UInt8>, in directory: Directory) throws(LayerError) {
        let result = unsafe Self.withName(name) { unsafe unlinkat(directory.descriptor, $0, 0) }
        guard result == 0 || errno == ENOENT else {
            throw .system("unlink", "\(directory.path.appending(name))", errno)
        }
        forgetRecent(but: directory)
    }

    /// Removes whatever is there, a directory with all that is in it, however deep.
    func removeTree(_ name: some Collection<UInt8>, in directory: Directory) throws(LayerError) {
        let result = unsafe Self.withName(name) { unsafe unlinkat(directory.descriptor, $0, 0) }
        let code = errno
        if result < 0, code == EISDIR {
            try Tree.remove(directory.path.appending(name), in: directory.descriptor)
        } else if result < 0, code != ENOENT {
            throw .system("unlink", "\(directory.path.appending(name))", code)
        }
        forgetRecent(but: directory)
    }

    /// Sets the permissions and the time of what is not a link.
    func setMetadata(
        _ name: some Collection<UInt8>, in directory: Directory, mode: UInt32, mtime: TarEntry.Time
    ) throws(LayerError) {
        let result = unsafe Self.withName(name) { unsafe fchmodat(directory.descriptor, $0, mode, 0) }
        guard result == 0 else { throw .system("chmod", "\(directory.path.appending(name))", errno) }
        try setTime(name, in: directory, mtime)
    }

    /// Sets the time of anything, a link as well.
    func setTime(
        _ name: some Collection<UInt8>, in directory: Directory, _ mtime: TarEntry.Time
    ) throws(LayerError) {
        let times = mtime.forSystem
        let result = unsafe Self.withName(name) {
            unsafe utimensat(directory.descriptor, $0, times, AT_SYMLINK_NOFOLLOW)
        }
        guard result == 0 else { throw .system("utimensat", "\(directory.path.appending(name))", errno) }
    }
}

extension TarEntry.Time {
    /// Access and modification time for `utimensat`: the access time is the same, as no archive says more.
    var forSystem: [timespec] {
        let time = timespec(tv_sec: Int(seconds), tv_nsec: Int(nanoseconds))
        return [time, time]
    }
}
