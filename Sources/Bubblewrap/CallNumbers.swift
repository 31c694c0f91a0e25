/// The numbers of the system calls that filters know, as the kernel's `unistd.h` of one kind of programs has them.
struct CallNumbers {
    /// AUDIT_ARCH.
    let architecture: UInt32
    /// The first number of x32's calls, which share the architecture of x86_64; they get ENOSYS.
    var refusedFrom: UInt32?
    let ioctl: UInt32
    var mknod: UInt32?
    let mknodat: UInt32
    /// What changes owners, ids, groups and capabilities.
    let identity: [UInt32]
    /// What `SeccompFilter.Rules.kernel` refuses.
    let kernel: [UInt32]

    static let x86_64 = CallNumbers(
        architecture: 0xC000_003E, refusedFrom: 0x4000_0000, ioctl: 16, mknod: 133, mknodat: 259,
        // chown, fchown, lchown, fchownat
        identity: [92, 93, 94, 260]
            // setuid, setgid, setreuid, setregid, setgroups, setresuid, setresgid, setfsuid, setfsgid, capset
            + [105, 106, 113, 114, 116, 117, 119, 122, 123, 126],
        // syslog, kexec_load, add_key, request_key, keyctl, perf_event_open, kexec_file_load, bpf, userfaultfd,
        // io_uring_*
        kernel: [103, 246, 248, 249, 250, 298, 320, 321, 323, 425, 426, 427])

    static let i386 = CallNumbers(
        architecture: 0x4000_0003, ioctl: 54, mknod: 14, mknodat: 297,
        // lchown, fchown, chown, lchown32, fchown32, chown32, fchownat
        identity: [16, 95, 182, 198, 207, 212, 298] + shared,
        // syslog, kexec_load, add_key, request_key, keyctl, perf_event_open, bpf, userfaultfd, io_uring_*
        kernel: [103, 283, 286, 287, 288, 336, 357, 374, 425, 426, 427])

    static let aarch64 = CallNumbers(
        architecture: 0xC000_00B7, ioctl: 29, mknodat: 33,
        // fchownat, fchown, capset
        identity: [54, 55, 91]
            // setregid, setgid, setreuid, setuid, setresuid, setresgid, setfsuid, setfsgid, setgroups
            + [143, 144, 145, 146, 147, 149, 151, 152, 159],
        // kexec_load, syslog, add_key, request_key, keyctl, perf_event_open, bpf, userfaultfd, kexec_file_load,
        // io_uring_*
        kernel: [104, 116, 217, 218, 219, 241, 280, 282, 294, 425, 426, 427])

    static let arm = CallNumbers(
        architecture: 0x4000_0028, ioctl: 54, mknod: 14, mknodat: 324,
        // lchown, fchown, chown, lchown32, fchown32, chown32, fchownat
        identity: [16, 95, 182, 198, 207, 212, 325] + shared,
        // syslog, add_key, request_key, keyctl, kexec_load, perf_event_open, bpf, userfaultfd, kexec_file_load,
        // io_uring_*
        kernel: [103, 309, 310, 311, 347, 364, 386, 388, 401, 425, 426, 427])

    /// What i386 and arm have alike: the old calls for 16-bit ids, the new ones for 32-bit ids, capset.
    private static let shared: [UInt32] =
        // setuid, setgid, setreuid, setregid, setgroups, setfsuid, setfsgid, setresuid, setresgid
        [23, 46, 70, 71, 81, 138, 139, 164, 170]
        // the same with 32 at the end: setreuid, setregid, setgroups, setresuid, setresgid, setuid, setgid, setfsuid,
        // setfsgid
        + [203, 204, 206, 208, 210, 213, 214, 215, 216] + [185]
}
