@testable import Checksums

// SAFETY, for each: bytes have no padding.
extension SHA256 {
    mutating func update(_ bytes: ArraySlice<UInt8>) { unsafe update(bytes.span.bytes) }
}

extension SHA512 {
    mutating func update(_ bytes: ArraySlice<UInt8>) { unsafe update(bytes.span.bytes) }
}

extension CRC32 {
    mutating func update(_ bytes: ArraySlice<UInt8>) { unsafe update(bytes.span.bytes) }
}

extension XXH64 {
    mutating func update(_ bytes: ArraySlice<UInt8>) { unsafe update(bytes.span.bytes) }
}
