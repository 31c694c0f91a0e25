// Calls of glibc that the Glibc module leaves out, for want of _GNU_SOURCE or because they are variadic (prctl, whose
// arguments travel as these do in the ABIs of x86_64 and aarch64). Their constants come from the kernel's headers.

/// memfd_create(2); the flag 1 is MFD_CLOEXEC.
@_silgen_name("memfd_create")
func memoryFile(_ name: UnsafePointer<CChar>, _ flags: CUnsignedInt) -> CInt

/// close_range(2); the flag 4 is CLOSE_RANGE_CLOEXEC.
@_silgen_name("close_range")
func closeRange(_ first: CUnsignedInt, _ last: CUnsignedInt, _ flags: CInt) -> CInt

/// unshare(2); 0x10000000 is CLONE_NEWUSER, 0x20000000 CLONE_NEWPID.
@_silgen_name("unshare")
func unshareNamespaces(_ flags: CInt) -> CInt

/// prctl(2); the option 1 is PR_SET_PDEATHSIG.
@_silgen_name("prctl")
func processControl(_ option: CInt, _ argument: CUnsignedLong) -> CInt
