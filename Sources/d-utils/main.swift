import Commands

#if STATIC_BINARY
    // Two symbols that stand in for parts of the toolchain's archives, which are not linked then.

    /// ICU's tables, 34 MB, are linked for this symbol alone. No table is found under it, so whatever asks for the words
    /// and customs of a language fails or crashes; nothing here does, as the tests of the static binary show.
    @_cdecl("icudt76_dat") public func icuData() {}

    /// Where the program is that prints backtraces. There is none beside a static binary, and the runtime, which looks
    /// for it at each start, ends the process when it finds no `/proc`.
    @_cdecl("swift_copyAuxiliaryExecutablePath")
    public func auxiliaryExecutable(_ name: UnsafePointer<CChar>?) -> UnsafePointer<CChar>? { nil }
#endif

SingleBinary.main(CommandLine.arguments)
