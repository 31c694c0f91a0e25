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
        let archive = ChangedArchive(try Fixture.bytes("tar/\(name)"))
        for cut in archive.bytes.indices { Self.readAll(archive.bytes[..<cut]) }
        for position in archive.bytes.indices { archive.changed(at: position) { Self.readAll($0[...]) } }
    }

    /// The same for the applier, at the cuts and changes of headers that tell it something else, with an eye on what is
    /// beside the root.
    @Test(arguments: try Fixture.names(in: "tar", suffix: ".tar"))
    func theApplierSurvivesCutsAndChanges(_ name: String) throws {
        let archive = ChangedArchive(try Fixture.bytes("tar/\(name)"))
        let folder = try TemporaryFolder(inMemory: true)
        try folder.write("victim", to: "victim")
        func attempt(_ bytes: ArraySlice<UInt8>) throws {
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
        let headers = archive.bytes.prefix(4096)
        for cut in stride(from: 0, to: headers.count, by: 128) { try attempt(headers[..<cut]) }
        for position in headers.indices where headers[position] != 0 || position % 7 == 0 {
            try archive.changed(at: position) { try attempt($0[...]) }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["victim"])
        #expect(try String(contentsOfFile: folder("victim"), encoding: .utf8) == "victim")
    }

    private static func readAll(_ bytes: ArraySlice<UInt8>) {
        var reader = TarReader(ArraySource(bytes))
        do {
            while try reader.next() != nil { while try reader.readContent({ _ in }) > 0 {} }
        } catch is TarError {
        } catch {
            Issue.record("\(error)")
        }
    }
}
