import Glibc

/// System calls that the C library's module does not show to Swift.
@_extern(c, "syscall")
private func syscall(
    _ number: CLong, _ first: CLong, _ second: UnsafeRawPointer?, _ third: UnsafeRawPointer?, _ fourth: CLong
) -> CLong

@_extern(c, "syscall")
private func syscall(_ number: CLong, _ file: CLong, _ path: UnsafePointer<CChar>, _ mode: CLong, _ flags: CLong)
    -> CLong

/// O_PATH of open(2), the same on every architecture that Swift runs on.
let pathOnly: CInt = 0o10000000

/// Sets the permissions of what a descriptor stands for that was opened with `O_PATH`, which fchmod(2) does not take:
/// by fchmodat2(2) of Linux 6.6, or by its name in /proc. False where neither works.
func changeMode(ofPath descriptor: CInt, _ mode: mode_t) -> Bool {
    let fchmodat2: CLong = 452  // the same on every architecture
    let emptyPath: CLong = 0x1000
    return unsafe syscall(fchmodat2, CLong(descriptor), "", CLong(mode), emptyPath) == 0
        || chmod("/proc/self/fd/\(descriptor)", mode) == 0
}

/// fsetxattr(2): 0, or -1 with errno.
@_extern(c, "fsetxattr")
func fsetxattr(
    _ file: CInt, _ name: UnsafePointer<CChar>, _ value: UnsafeRawPointer?, _ size: Int, _ flags: CInt
) -> CInt

/// openat2(2): opens a path that is resolved as the kernel is told: below `directory` and through no link at all, whoever
/// changes what stands there meanwhile.
enum OpenAt2 {
    private static let number: CLong = 437  // the same on every architecture
    private static let resolveNoSymlinks: UInt64 = 0x04
    private static let resolveBeneath: UInt64 = 0x08

    /// A descriptor, or -1 with errno. `ENOSYS` or `EPERM`: the kernel lacks it, or a filter forbids it.
    static func open(_ path: [UInt8], below directory: CInt, flags: CInt) -> CInt {
        // struct open_how: flags, mode, resolve.
        let how: [UInt64] = [UInt64(flags), 0, resolveBeneath | resolveNoSymlinks]
        return unsafe (path + [0]).withUnsafeBytes { path in
            unsafe how.withUnsafeBytes { how in
                unsafe CInt(syscall(number, CLong(directory), path.baseAddress, how.baseAddress, CLong(how.count)))
            }
        }
    }
}

/// renameat2(2) with RENAME_EXCHANGE.
public enum RenameExchange {
    @_extern(c, "renameat2")
    private static func renameat2(
        _ firstFolder: CInt, _ first: UnsafePointer<CChar>, _ secondFolder: CInt, _ second: UnsafePointer<CChar>,
        _ flags: CUnsignedInt
    ) -> CInt

    /// Gives each of two paths what the other has, in one step. Throws `LayerError` where the file system cannot.
    public static func exchange(_ first: String, _ second: String) throws(LayerError) {
        guard unsafe renameat2(AT_FDCWD, first, AT_FDCWD, second, 2) == 0 else {
            throw .system("exchange with '\(first)'", second, errno)
        }
    }
}
