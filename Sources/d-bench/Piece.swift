import ContainerImage
import Glibc
import Layers

/// prctl(2), which is variadic in C.
@_silgen_name("prctl")
@discardableResult
private func adoptOrphans(_ option: CInt, _ argument: CUnsignedLong) -> CInt

/// A part of d-utils as a program of its own, so that it is measured as its peers are: d-bench starts itself with
/// `piece NAME ARGUMENT...`.
enum Piece {
    static let word = "piece"

    /// Runs the piece that `arguments` names.
    static func run(_ arguments: [String]) throws {
        switch arguments.first {
        case "decompress": try decompress(arguments[1])
        case "sha256": try hash(arguments[1])
        case "untar": try untar(arguments[1], into: arguments[2])
        case "layer": try unpackLayer(arguments[1], blob: arguments[2], diffID: arguments[3], into: arguments[4])
        case "whole": try runWhole(Program(words: Array(arguments.dropFirst())))
        default: throw BenchError.program(word, "no such piece")
        }
    }

    /// A self-made command line of this piece.
    static func program(_ name: String, _ arguments: String...) -> Program { program(name, arguments) }

    static func program(_ name: String, _ arguments: [String]) -> Program {
        Program(words: [OwnFolder.path + "/d-bench", word, name] + arguments)
    }

    /// A layer's blob to its tar, on standard output.
    private static func decompress(_ path: String) throws {
        var source = try layer(path, diffID: Digest(of: []), FileSource(path)).decompressed()
        try forEachChunk(of: &source) { chunk in
            unsafe chunk.withUnsafeBytes { bytes in unsafe _ = write(STDOUT_FILENO, bytes.baseAddress, bytes.count) }
        }
    }

    /// A program and whatever it leaves behind: bwrap does not wait for the child that makes the sandbox, whose time would
    /// count for nobody.
    private static func runWhole(_ program: Program) throws {
        adoptOrphans(36 /* PR_SET_CHILD_SUBREAPER */, 1)
        let child = try program.start(output: nil, errors: STDERR_FILENO)
        var failed = false
        while true {
            var status: CInt = 0
            let ended = unsafe wait(&status)
            if ended == child { failed = status != 0 }
            if ended < 0 && errno == ECHILD { break }
        }
        if failed { exit(1) }
    }

    private static func hash(_ path: String) throws {
        var source: any ByteSource = try FileSource(path)
        var hasher = DigestHasher(.sha256)
        try forEachChunk(of: &source) { hasher.update($0) }
        print(hasher.finalize())
    }

    /// A bare tar to files: what GNU tar does, on one thread.
    private static func untar(_ path: String, into folder: String) throws {
        var applier = try LayerApplier(into: folder, sizeLimit: .max)
        try applier.apply(FileSource(path))
        _ = try applier.finish()
    }

    /// A blob to files, with both digests verified.
    private static func unpackLayer(_ path: String, blob: String, diffID: String, into folder: String) throws {
        let verified = try DigestVerifier(FileSource(path), Digest(parsing: blob), subject: path)
        var unpacker = try Unpacker(into: folder, sizeLimit: .max)
        _ = try unpacker.unpack([layer(path, diffID: Digest(parsing: diffID), verified)])
    }

    private static func layer(_ path: String, diffID: Digest, _ blob: any ByteSource & Sendable) -> Layer {
        Layer(diffID: diffID, mediaType: "", blob: blob)
    }

    private static func forEachChunk(of source: inout any ByteSource, _ body: (RawSpan) -> Void) throws {
        var chunk = [UInt8](repeating: 0, count: 256 << 10)
        var span = chunk.mutableSpan
        // SAFETY: bytes have no padding, and any bit pattern is one.
        var bytes = unsafe span.mutableBytes
        while true {
            let count = try source.read(into: &bytes)
            guard count > 0 else { return }
            body(bytes.bytes.extracting(0..<count))
        }
    }
}
