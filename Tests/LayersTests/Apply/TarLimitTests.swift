import Testing

@testable import Layers

/// What a hostile archive may pile up in memory before an entry comes.
@Suite struct TarLimitTests {
    private func readAll(_ archive: [UInt8]) throws {
        var reader = TarReader(ArraySource(archive, chunk: .max))
        while try reader.next() != nil {}
    }

    @Test(arguments: ["x", "g"] as [Character])
    func attributesOfManyHeadersAreBounded(_ type: Character) throws {
        let value = String(repeating: "v", count: 100_000)
        func archive(_ count: Int) -> [UInt8] {
            TarBuilder.archive { tar in
                for number in 0..<count { tar.add(pax: [("SCHILY.xattr.user.n\(number)", value)], type: type) }
                tar.file("file")
            }
        }
        try readAll(archive(10))
        #expect(throws: TarError.self) { try readAll(archive(11)) }
    }

    @Test func sparseRecordsOfManyHeadersAreBounded() throws {
        let pairs = [(String, String)](
            repeating: ("GNU.sparse.numbytes", "0"), count: Int(PAXRecords.sizeLimit) / 30)
        let archive = TarBuilder.archive { tar in
            for _ in 0...SparseMap.numberLimit / pairs.count { tar.add(pax: pairs) }
            tar.file("file")
        }
        let error = #expect(throws: TarError.self) { try readAll(archive) }
        #expect("\(String(describing: error))".contains("GNU.sparse.numbytes"))
    }
}
