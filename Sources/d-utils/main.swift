import Commands

#if WITHOUT_ICU_DATA
    /// ICU's tables, 34 MB, are linked for this symbol alone. No table is found under it, so whatever asks for the words
    /// and customs of a language fails or crashes; nothing here does, as the tests of the static binary show.
    @_cdecl("icudt76_dat") public func icuData() {}
#endif

SingleBinary.main(CommandLine.arguments)
