import Glibc

/// System calls that the C library's module does not show to Swift.
@_extern(c, "syscall")
private func syscall(
    _ number: CLong, _ first: CLong, _ second: UnsafeRawPointer?, _ third: UnsafeRawPointer?, _ fourth: CLong
) -> CLong

/// fsetxattr(2): 0, or -1 with errno.
@_extern(c, "fsetxattr")
func fsetxattr(
    _ file: CInt, _ name: UnsafePointer<CChar>, _ value: UnsafeRawPointer?, _ size: Int, _ flags: CInt
) -> CInt

/// openat2(2): opens a path that is resolved as the kernel is told, `RESOLVE_IN_ROOT` here: as after a chroot to
/// `directory`, whatever links stand in the way, and whoever changes them meanwhile.
enum OpenAt2 {
    private static let number: CLong = 437  // the same on every architecture
    private static let resolveInRoot: UInt64 = 0x10
    private static let resolveNoMagicLinks: UInt64 = 0x02

    /// A descriptor, or -1 with errno. `ENOSYS` or `EPERM`: the kernel lacks it, or a filter forbids it.
    static func open(_ path: [UInt8], below directory: CInt, flags: CInt) -> CInt {
        // struct open_how: flags, mode, resolve.
        let how: [UInt64] = [UInt64(flags), 0, resolveInRoot | resolveNoMagicLinks]
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
