import Glibc

/// How many files and connections this process may have open. A pull has some dozens; with too few it would fail
/// anywhere, even while it clears away what it has made.
enum OpenFileLimit {
    private static let needed: rlim_t = 64

    /// Takes as many as the system allows. Throws `PullError` when they are too few.
    static func raise() throws(PullError) {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard unsafe getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        unsafe _ = setrlimit(resource, &limit)
        guard limit.rlim_max >= needed else { throw .openFileLimit(limit.rlim_max, needed: needed) }
    }
}
