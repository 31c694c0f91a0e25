import Foundation

/// Who unpacks in a test.
enum Account: CaseIterable {
    case root, ordinaryUser

    /// Calls `body` with this thread's file access as that of uid 1000, without root's capabilities over files. Where
    /// the tests do not run as root, nothing changes: they are an ordinary user's already.
    func run<Result>(_ body: () throws -> Result) throws -> Result {
        guard self == .ordinaryUser, geteuid() == 0 else { return try body() }
        let (group, user) = (Self.setter("setfsgid"), Self.setter("setfsuid"))
        _ = (group(1000), user(1000))
        defer { _ = (user(0), group(0)) }
        guard user(UInt32.max) == 1000 else { throw POSIXError(.EPERM) }
        return try body()
    }

    /// A function of <sys/fsuid.h>, which the C library's module does not show.
    private static func setter(_ name: String) -> @convention(c) (UInt32) -> CInt {
        unsafeBitCast(dlsym(nil, name), to: (@convention(c) (UInt32) -> CInt).self)
    }
}
