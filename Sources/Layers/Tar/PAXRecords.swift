/// The records of a pax extended header: `LENGTH KEY=VALUE\n` in a row (POSIX.1-2017, pax, "pax Extended Header").
///
/// Only what unpacking needs is kept. An empty value takes back what an earlier header said.
struct PAXRecords {
    /// As much as libarchive and Go read of one extension header.
    static let sizeLimit: Int64 = 1 << 20

    var path: [UInt8]?
    var linkpath: [UInt8]?
    var size: Int64?
    var mtime: TarEntry.Time?
    /// `SCHILY.xattr.NAME`, at most 1 MiB of names and values.
    private(set) var attributes: [[UInt8]: [UInt8]] = [:]
    private var attributesSize: Int64 = 0
    /// `GNU.sparse.major`, then the map of formats 0.0 and 0.1, the real name and the real size.
    var sparseMajor: Int64?
    var sparseNumbers: [Int64]?
    var sparseName: [UInt8]?
    var sparseSize: Int64?

    /// Adds the records of another header, which win over those before.
    mutating func merge(_ text: [UInt8], atByte byteOffset: Int64) throws(TarError) {
        var rest = text[...]
        while !rest.isEmpty {
            let (key, value) = try Self.record(&rest, atByte: byteOffset)
            do {
                try set(key, value)
            } catch {
                throw .invalidPAXRecord("\(key): \(error.reason)", atByte: byteOffset)
            }
        }
    }

    private struct InvalidValue: Error { let reason: String }

    /// Takes a record off the front.
    private static func record(
        _ rest: inout ArraySlice<UInt8>, atByte byteOffset: Int64
    ) throws(TarError) -> (key: String, value: ArraySlice<UInt8>) {
        let digits = rest.prefix { $0 != UInt8(ascii: " ") }
        guard digits.count <= 8, let length = number(digits), length > digits.count + 1, length <= rest.count else {
            throw .invalidPAXRecord("a record without a good length", atByte: byteOffset)
        }
        let body = rest.prefix(Int(length)).dropFirst(digits.count + 1)
        guard body.last == UInt8(ascii: "\n"), let equals = body.firstIndex(of: UInt8(ascii: "=")),
            equals > body.startIndex
        else { throw .invalidPAXRecord("a record is no KEY=VALUE line", atByte: byteOffset) }
        rest = rest.dropFirst(Int(length))
        return (String(decoding: body[..<equals], as: UTF8.self), body[(equals + 1)...].dropLast())
    }

    private mutating func set(_ key: String, _ value: ArraySlice<UInt8>) throws(InvalidValue) {
        switch key {
        case "path": path = value.isEmpty ? nil : Array(value)
        case "linkpath": linkpath = value.isEmpty ? nil : Array(value)
        case "size": size = value.isEmpty ? nil : try Self.size(value)
        case "mtime": mtime = value.isEmpty ? nil : try Self.time(value)
        case "GNU.sparse.major": sparseMajor = try Self.size(value)
        case "GNU.sparse.name": sparseName = Array(value)
        case "GNU.sparse.realsize", "GNU.sparse.size": sparseSize = try Self.size(value)
        // Format 0.0 repeats a pair of records for each piece; 0.1 has all numbers in one.
        case "GNU.sparse.numblocks": sparseNumbers = []
        case "GNU.sparse.offset", "GNU.sparse.numbytes":
            guard sparseNumbers?.count ?? 0 < SparseMap.numberLimit else {
                throw InvalidValue(reason: "more than \(SparseMap.numberLimit) numbers")
            }
            sparseNumbers = sparseNumbers ?? []
            sparseNumbers?.append(try Self.size(value))
        case "GNU.sparse.map":
            sparseNumbers = try value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: !value.isEmpty)
                .map { field throws(InvalidValue) in try Self.size(field) }
        case _ where key.hasPrefix("SCHILY.xattr."):
            let name = Array(key.dropFirst("SCHILY.xattr.".count).utf8)
            guard !name.isEmpty, !name.contains(0) else { throw InvalidValue(reason: "no attribute's name") }
            attributesSize += Int64(name.count + value.count)
            guard attributesSize <= Self.sizeLimit else {
                throw InvalidValue(reason: "attributes of more than \(Self.sizeLimit) bytes")
            }
            attributes[name] = Array(value)
        default: break
        }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        guard !digits.isEmpty, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return Int64(String(decoding: digits, as: UTF8.self))
    }

    private static func size(_ value: ArraySlice<UInt8>) throws(InvalidValue) -> Int64 {
        guard let size = number(value) else {
            throw InvalidValue(reason: "found '\(String(decoding: value.prefix(40), as: UTF8.self))', expected a size")
        }
        return size
    }

    /// `[-]SECONDS[.FRACTION]`, to the nanosecond, rounded down.
    private static func time(_ value: ArraySlice<UInt8>) throws(InvalidValue) -> TarEntry.Time {
        let invalid = InvalidValue(
            reason: "found '\(String(decoding: value.prefix(40), as: UTF8.self))', expected a time")
        let isNegative = value.first == UInt8(ascii: "-")
        let parts = value.dropFirst(isNegative ? 1 : 0).split(
            separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = number(parts[0]), whole < Int64.max else { throw invalid }
        let fraction = parts.count == 2 ? parts[1] : []
        guard fraction.isEmpty || number(fraction.prefix(9)) != nil else { throw invalid }
        let digits = fraction.prefix(9) + [UInt8](repeating: UInt8(ascii: "0"), count: 9 - min(9, fraction.count))
        let isExact = fraction.dropFirst(9).allSatisfy { $0 == UInt8(ascii: "0") }
        let nanoseconds = (number(digits) ?? 0)
        guard isNegative else { return .init(seconds: whole, nanoseconds: nanoseconds) }
        let borrowed = nanoseconds + (isExact ? 0 : 1)
        return borrowed == 0
            ? .init(seconds: -whole) : .init(seconds: -whole - 1, nanoseconds: 1_000_000_000 - borrowed)
    }
}
