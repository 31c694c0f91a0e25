import Foundation
import TestSupport
import Testing

/// What d-bench measures of d-utils does the work it is measured by.
@Suite struct BenchTests {
    private func piece(_ arguments: String...) throws -> Program.Result {
        try Program([Commands.folder + "/d-bench", "piece"] + arguments).run()
    }

    @Test(arguments: ["gzip/two-members.gz", "gzip/all-header-fields.gz"])
    func decompresses(_ name: String) throws {
        let expected = try Fixture.bytes(name.replacing(".gz", with: ".expected"))
        #expect(try piece("decompress", Fixture.path(name)).output == String(decoding: expected, as: UTF8.self))
    }

    @Test func hashes() throws {
        let folder = try TemporaryFolder()
        let result = try piece("sha256", folder.write("abc", to: "abc"))
        #expect(result.output == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n")
    }

    @Test func unpacks() throws {
        let folder = try TemporaryFolder()
        let result = try piece("untar", Fixture.path("tar/gnu-long-names.tar"), folder.path)
        #expect(result.status == 0, "\(result)")
        let expected = try String(decoding: Fixture.bytes("tar/gnu-long-names.list"), as: UTF8.self)
        let found = try TreeListing.lines(of: folder.path).filter { !$0.hasPrefix("b'.' ") }
        #expect(found == expected.split(separator: "\n").map(String.init))
    }

    @Test func aDamagedFileFails() throws {
        let result = try piece("decompress", Fixture.path("gzip/bad-crc.gz"))
        #expect(result.status == 1 && result.errors.contains("CRC-32"), "\(result)")
    }

    @Test func unknownSectionsAreNamed() throws {
        let result = try Program(Commands.folder + "/d-bench", "--quick", "speed").run()
        #expect(result.status == 2 && result.errors.contains("found 'speed'"), "\(result)")
    }
}
