import Foundation
import TestSupport
import Testing

/// What the static binary is, and that nothing in it needs the tables of ICU, which are not there.
@Suite(.enabled(if: StaticBuild.folder != nil, "\(StaticBuild.need)"))
struct StaticBinaryTests {
    /// What crashes or lies without ICU's tables, as words of the source and as parts of a symbol's name.
    static let forbidden: [(source: String, symbol: String)] = [
        ("DateFormatter", "DateFormatter"), ("NumberFormatter", "NumberFormatter"),
        ("ByteCountFormatter", "ByteCountFormatter"), ("RelativeDateTimeFormatter", "RelativeDateTimeFormatter"),
        ("String(format:.*locale:", "10FoundationE6format6locale"),
        ("[.]formatted((?![.]iso8601)", "30FoundationInternationalization"),
        ("Locale", "10Foundation6LocaleV"), ("localizedStandard", "localizedStandard"),
        ("localizedCo", "localizedCompare"),
        ("localizedUpper", "localizedUppercase"), ("localizedLower", "localizedLowercase"),
        ("TimeZone(identifier:", "10Foundation8TimeZoneV10identifier"),
        ("TimeZone(abbreviation:", "10Foundation8TimeZoneV12abbreviation"),
        ("omponents[.]host", "10Foundation13URLComponentsV4host"),
    ]

    @Test func needsNoLibrary() throws {
        let result = try Program("ldd", StaticBuild.binary).run()
        #expect((result.output + result.errors).contains("not a dynamic executable"), "\(result)")
        let bytes = try Data(contentsOf: URL(filePath: StaticBuild.binary), options: .alwaysMapped)
        let type = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 16, as: UInt16.self) }
        #expect(type == 2, "ET_EXEC")
    }

    @Test func staysSmall() throws {
        let root = "\(StaticBuild.folder ?? "")/root"
        let files = try #require(FileManager.default.enumerator(atPath: root)).compactMap { $0 as? String }
        let size = try files.map { try FileManager.default.attributesOfItem(atPath: "\(root)/\($0)") }
            .filter { $0[.type] as? FileAttributeType == .typeRegular }
            .reduce(0) { $0 + ($1[.size] as? Int ?? 0) }
        #expect(size > 1_000_000 && size <= 30_000_000)
    }

    @Test func noSourceNeedsTheTables() throws {
        let found = try Program(
            [
                "grep", "-rnP", "--include=*.swift",
                Self.forbidden.map(\.source).joined(separator: "|")
                    .replacing(/\((?!\?)/, with: "[(]"), Fixture.project + "Sources",
            ]).run()
        #expect(found.status == 1, "\(found)")
    }

    /// The object files say the same of what the compiler made of the sources.
    @Test(.enabled(if: Program.exists("nm"), "needs binutils"))
    func noObjectNeedsTheTables() throws {
        let symbols = try Program(
            "sh", "-ec", "find \"$1\"/release/ -name '*.o' -path '*.build/*' -exec nm -u {} +", "sh",
            StaticBuild.folder ?? ""
        ).run()
        #expect(symbols.status == 0 && symbols.output.contains("URLSession"), "the objects are there")
        for (_, symbol) in Self.forbidden {
            #expect(!symbols.output.contains(symbol), "\(symbol)")
        }
    }
}
