// Linked into what is built with a sanitizer, which asks for these before it reads its variable: tests and d-run give
// commands an environment without it.

/// Leaks of Foundation's libcurl are not ours.
@_cdecl("__asan_default_options")
public func addressSanitizerOptions() -> UnsafePointer<UInt8> { ("detect_leaks=0" as StaticString).utf8Start }

/// What closures do under `Mutex.withLock`, told by their types `(inout sending State) -> T` and `throws -> T`: where
/// threads contend for the lock, they meet in the library Synchronization, and there the sanitizer sees nothing.
@_cdecl("__tsan_default_suppressions")
public func threadSanitizerSuppressions() -> UnsafePointer<UInt8> {
    ("race:zYuYTXE\nrace:zYuKYTXE\n" as StaticString).utf8Start
}
