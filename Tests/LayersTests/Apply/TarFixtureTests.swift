import Foundation
import TestSupport
import Testing

@testable import Layers

/// Every archive of `Fixtures/tar`, against what GNU tar and bsdtar unpacked from it.
@Suite struct TarFixtureTests {
    private static func names(bad: Bool) throws -> [String] {
        try Fixture.names(in: "tar", suffix: ".tar").filter { $0.hasPrefix("bad-") == bad }
    }

    private func unpack(_ bytes: [UInt8], chunk: Int = .max, resolution: RootDirectory.Resolution = .openat2) throws
        -> TemporaryFolder
    {
        let folder = try TemporaryFolder()
        mkdir(folder("root"), 0o755)
        var applier = LayerApplier(try RootDirectory(folder("root"), resolution: resolution), sizeLimit: 1 << 30)
        try applier.apply(ArraySource(bytes, chunk: chunk))
        _ = try applier.finish()
        return folder
    }

    @Test(arguments: try names(bad: false))
    func unpacks(_ name: String) throws {
        let expected = try String(decoding: Fixture.bytes("tar/\(name.dropLast(4)).list"), as: UTF8.self)
        for (chunk, resolution) in [(Int.max, RootDirectory.Resolution.openat2), (1, .openat2), (700, .components)] {
            let folder = try unpack(Fixture.bytes("tar/\(name)"), chunk: chunk, resolution: resolution)
            let found = try TreeListing.lines(of: folder("root")).filter { !$0.hasPrefix("b'.' ") }
            #expect(found == expected.split(separator: "\n").map(String.init))
        }
    }

    @Test(arguments: try names(bad: true))
    func refuses(_ name: String) throws {
        let bytes = try Fixture.bytes("tar/\(name)")
        let error = #expect(throws: (any Error).self) { _ = try unpack(bytes) }
        #expect(error is TarError || error is LayerError, "\(String(describing: error))")
    }

    @Test func holesOfSparseFilesStayHoles() throws {
        let folder = try unpack(Fixture.bytes("tar/pax-sparse-1.0.tar"))
        var status = stat()
        #expect(stat(folder("root/sparse"), &status) == 0)
        #expect(status.st_size == 3 << 20 && status.st_blocks * 512 < 1 << 20)
    }

    /// Cut at every length and with every byte changed, checksums mended: an error or another reading, never a trap.
    @Test(arguments: try Fixture.names(in: "tar", suffix: ".tar"))
    func theReaderSurvivesCutsAndChanges(_ name: String) throws {
        let bytes = Array(try Fixture.bytes("tar/\(name)").prefix(4096))
        for cut in bytes.indices { Self.readAll(Array(bytes[..<cut])) }
        for position in bytes.indices { Self.readAll(Self.changed(bytes, at: position)) }
    }

    /// The same for the applier, at fewer places, with an eye on what is beside the root.
    @Test(arguments: try Fixture.names(in: "tar", suffix: ".tar"))
    func theApplierSurvivesCutsAndChanges(_ name: String) throws {
        let bytes = try Fixture.bytes("tar/\(name)")
        let folder = try TemporaryFolder()
        try folder.write("victim", to: "victim")
        func attempt(_ bytes: [UInt8]) throws {
            mkdir(folder("root"), 0o755)
            var applier = LayerApplier(try RootDirectory(folder("root")), sizeLimit: 8 << 20)
            do {
                try applier.apply(ArraySource(bytes))
                _ = try applier.finish()
            } catch is TarError {
            } catch is LayerError {
            }
            try Tree.remove(folder("root"))
        }
        for cut in stride(from: 0, to: min(bytes.count, 3000), by: 131) { try attempt(Array(bytes[..<cut])) }
        for position in stride(from: 0, to: min(bytes.count, 3000), by: 7) {
            try attempt(Self.changed(bytes, at: position))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["victim"])
        #expect(try String(contentsOfFile: folder("victim"), encoding: .utf8) == "victim")
    }

    private static func readAll(_ bytes: [UInt8]) {
        var reader = TarReader(ArraySource(bytes))
        do {
            while try reader.next() != nil { while try reader.readContent(limit: 1000, { _ in }) > 0 {} }
        } catch is TarError {
        } catch {
            Issue.record("\(error)")
        }
    }

    private static func changed(_ bytes: [UInt8], at position: Int) -> [UInt8] {
        var changed = bytes
        changed[position] ^= position % 3 == 0 ? 0x80 : 1 << UInt8(position % 7)
        if !(148..<156).contains(position % 512) { mendChecksum(&changed, position) }
        return changed
    }

    /// So that a changed header is read rather than refused by its checksum.
    private static func mendChecksum(_ bytes: inout [UInt8], _ position: Int) {
        let start = position / 512 * 512
        guard bytes.count >= start + 512 else { return }
        for index in start + 148..<start + 156 { bytes[index] = 0x20 }
        let sum = bytes[start..<start + 512].reduce(0) { $0 + Int($1) }
        let digits = String(sum, radix: 8)
        let field = String(repeating: "0", count: 6 - digits.count) + digits + "\u{0} "
        bytes.replaceSubrange(start + 148..<start + 156, with: field.utf8)
    }
}
