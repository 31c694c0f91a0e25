import Glibc

// Calls of glibc that the Glibc module leaves out, for want of _GNU_SOURCE, because they are variadic (prctl and syscall,
// whose arguments travel as these do in the ABIs of x86_64 and aarch64), or because they are no good to a program with
// several threads (fork). Their constants come from the kernel's headers.

/// memfd_create(2); the flag 1 is MFD_CLOEXEC.
@_silgen_name("memfd_create")
func memoryFile(_ name: UnsafePointer<CChar>, _ flags: CUnsignedInt) -> CInt

/// close_range(2); the flag 4 is CLOSE_RANGE_CLOEXEC.
@_silgen_name("close_range")
func closeRange(_ first: CUnsignedInt, _ last: CUnsignedInt, _ flags: CInt) -> CInt

/// unshare(2); for the flags see `Namespace`.
@_silgen_name("unshare")
func unshareNamespaces(_ flags: CInt) -> CInt

/// setns(2), here with a descriptor of pidfd_open(2).
@_silgen_name("setns")
func joinNamespaces(_ process: CInt, _ flags: CInt) -> CInt

/// mount(2).
@_silgen_name("mount")
func mountFileSystem(
    _ source: UnsafePointer<CChar>, _ target: UnsafePointer<CChar>, _ type: UnsafePointer<CChar>,
    _ flags: CUnsignedLong,
    _ options: UnsafePointer<CChar>
) -> CInt

/// prlimit(2); the process 0 is the caller.
@_silgen_name("prlimit")
func processLimit(
    _ process: pid_t, _ resource: CInt, _ new: UnsafePointer<rlimit>?, _ old: UnsafeMutablePointer<rlimit>?
) -> CInt

/// fork(2), for a process with one thread.
@_silgen_name("fork")
func forkProcess() -> pid_t

/// clone(2), here with the flags of vfork(2): a child with the memory of its parent, which waits until the child starts a
/// program, and with a stack of its own, of which this is the end.
@_silgen_name("clone")
func cloneProcess(
    _ body: @convention(c) (UnsafeMutableRawPointer?) -> CInt, _ stack: UnsafeMutableRawPointer, _ flags: CInt,
    _ argument: UnsafeMutableRawPointer?
) -> pid_t

/// syscall(2); 434 is pidfd_open.
@_silgen_name("syscall")
func systemCall(_ number: CLong, _ first: CLong, _ second: CLong) -> CLong

/// prctl(2); the options are 1 PR_SET_PDEATHSIG, 22 PR_SET_SECCOMP, 24 PR_CAPBSET_DROP, 38 PR_SET_NO_NEW_PRIVS.
@_silgen_name("prctl")
@discardableResult
func processControl(
    _ option: CInt, _ first: CUnsignedLong, _ second: UnsafeRawPointer?, _ third: CUnsignedLong, _ fourth: CUnsignedLong
) -> CInt

/// The kinds of namespaces, CLONE_NEW* of linux/sched.h, with their names in `/proc/PID/ns`.
enum Namespace: CInt, CaseIterable {
    case mnt = 0x0002_0000
    case cgroup = 0x0200_0000
    case uts = 0x0400_0000
    case ipc = 0x0800_0000
    case user = 0x1000_0000
    case pid = 0x2000_0000
    case net = 0x4000_0000
}
