import Foundation

@testable import Layers

/// The harness for libFuzzer, which has the `main`. The environment variable TARGET says what the bytes are:
/// `inflate`, `gzip`, `zstd`, `tar` or `layer`. Input is either decoded or refused with an error of the project's own;
/// where there are a fast and a plain way, both come to the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    target([UInt8](UnsafeBufferPointer(start: start, count: count)))
    return 0
}

/// More than any window; what comes after it takes the same ways.
private let outputLimit = 4 << 20

private let target: @Sendable ([UInt8]) -> Void =
    switch ProcessInfo.processInfo.environment["TARGET"] {
    case "inflate":
        { bytes in
            precondition(inflated(bytes, by: .fast).agrees(with: inflated(bytes, by: .plain)), "the two loops differ")
        }
    case "gzip": { bytes in _ = outcome { GunzipSource(Bytes(bytes)) } }
    case "zstd":
        { bytes in
            let fast = outcome { ZstdSource(Bytes(bytes), by: .fast) }
            precondition(fast.agrees(with: outcome { ZstdSource(Bytes(bytes), by: .plain) }), "the two ways differ")
        }
    case "tar":
        { bytes in
            var reader = TarReader(Bytes(mended(bytes)))
            var output = 0
            expectOwnError {
                while output < outputLimit, try reader.next() != nil {
                    output += 1
                    while output < outputLimit, case let count = try reader.readContent(limit: 4096, { _ in }),
                        count > 0
                    {
                        output += count
                    }
                }
            }
        }
    case "layer": { bytes in apply(mended(bytes)) }
    default: fatalError("TARGET is to be inflate, gzip, zstd, tar or layer")
    }

/// What came out, and the error that ended it.
private struct Outcome {
    var bytes: [UInt8] = []
    var error = ""

    /// How much comes before an error is not the same in both ways, nor where one gets past the limit, which may be
    /// just before the other's error.
    func agrees(with other: Outcome) -> Bool {
        let count = min(bytes.count, other.bytes.count)
        guard bytes[..<count] == other.bytes[..<count] else { return false }
        if max(bytes.count, other.bytes.count) >= outputLimit { return true }
        return error == other.error && (!error.isEmpty || bytes.count == other.bytes.count)
    }
}

private func outcome(_ source: () -> any ByteSource) -> Outcome {
    var source = source()
    var outcome = Outcome()
    var buffer = [UInt8](repeating: 0, count: 100_000)
    outcome.error = expectOwnError {
        while outcome.bytes.count < outputLimit {
            let count = try source.read(into: &buffer, buffer.indices)
            if count == 0 { break }
            outcome.bytes += buffer[..<count]
        }
    }
    return outcome
}

private func inflated(_ bytes: [UInt8], by implementation: Inflate.Implementation) -> Outcome {
    outcome { InflateSource(source: Bytes(bytes), inflate: Inflate(implementation)) }
}

/// Bare DEFLATE data as a source.
private struct InflateSource: ByteSource {
    var source: any ByteSource
    var inflate: Inflate
    private var input = BitReader()
    private var window = InflateWindow()
    private var isAtEnd = false

    init(source: any ByteSource, inflate: Inflate) {
        (self.source, self.inflate) = (source, inflate)
    }

    mutating func read(into buffer: inout MutableRawSpan) throws -> Int {
        while window.pendingCount == 0, !isAtEnd {
            switch try inflate.decode(&input, into: &window) {
            case .needsInput: try input.fill(from: &source)
            case .windowFull: window.slide()
            case .endOfStream: isAtEnd = true
            }
        }
        return window.take(into: &buffer)
    }
}

/// Applies a layer in a folder beside a victim, which must be the same afterwards.
private func apply(_ bytes: [UInt8]) {
    let folder = "/tmp/d-utils-fuzz-\(getpid())"
    try? FileManager.default.createDirectory(atPath: "\(folder)/root", withIntermediateDirectories: true)
    try? Data("victim".utf8).write(to: URL(filePath: "\(folder)/victim"))
    expectOwnError {
        var applier = try LayerApplier(into: "\(folder)/root", sizeLimit: Int64(outputLimit))
        try applier.apply(Bytes(bytes))
        _ = try applier.finish()
    }
    precondition((try? Data(contentsOf: URL(filePath: "\(folder)/victim"))) == Data("victim".utf8))
    precondition((try? FileManager.default.contentsOfDirectory(atPath: folder).sorted()) == ["root", "victim"])
    do { try Tree.remove("\(folder)/root") } catch { fatalError("the root cannot be removed: \(error)") }
}

/// The error's sentence; empty if there is none.
@discardableResult
private func expectOwnError(_ body: () throws -> Void) -> String {
    do {
        try body()
        return ""
    } catch {
        let isOwn =
            error is InflateError || error is GzipError || error is ZstdError || error is TarError
            || error is LayerError
        precondition(isOwn, "a foreign error: \(error)")
        return "\(error)"
    }
}

/// Right checksums in what looks like tar headers, so that changes get past them.
private func mended(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for start in stride(from: 0, to: bytes.count - 511, by: 512)
    where bytes[start + 257..<start + 262].elementsEqual("ustar".utf8) {
        bytes.replaceSubrange(start + 148..<start + 156, with: repeatElement(0x20, count: 8))
        let sum = String(bytes[start..<start + 512].reduce(0) { $0 + Int($1) }, radix: 8)
        bytes.replaceSubrange(start + 148..<start + 148 + sum.utf8.count, with: sum.utf8)
    }
    return bytes
}

/// The input, in chunks that end in the middle of things.
private struct Bytes: ByteSource, Sendable {
    private let bytes: [UInt8]
    private var next = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func read(into buffer: inout MutableRawSpan) -> Int {
        let count = min(buffer.byteCount, bytes.count - next, 1009)
        for index in 0..<count { buffer.storeBytes(of: bytes[next + index], toByteOffset: index, as: UInt8.self) }
        next += count
        return count
    }
}
