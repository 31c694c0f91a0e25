import Testing

@testable import Checksums

/// Vectors of FIPS 180-4's examples (NIST, "Examples with intermediate values") and sweeps whose sums are Python hashlib's.
@Suite struct SHA2Tests {
    struct Vector: CustomTestStringConvertible {
        let name: String
        let message: [UInt8]
        let sha256: String
        let sha512: String
        var testDescription: String { name }
    }

    static let vectors = [
        Vector(
            name: "empty", message: [],
            sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            sha512: "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
                + "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"),
        Vector(
            name: "one block", message: Array("abc".utf8),
            sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            sha512: "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"),
        Vector(
            name: "a million letters", message: [UInt8](repeating: 0x61, count: 1_000_000),
            sha256: "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
            sha512: "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb"
                + "de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b"),
    ]

    @Test(arguments: vectors)
    func hasTheDigestOfTheStandard(_ vector: Vector) {
        for implementation in SHA256.Implementation.available {
            var sha256 = SHA256(implementation)
            sha256.update(vector.message[...])
            #expect(hex(sha256.finalize()) == vector.sha256)
        }
        var sha512 = SHA512()
        sha512.update(vector.message[...])
        #expect(hex(sha512.finalize()) == vector.sha512)
    }

    private static let message = (0..<300).map { UInt8(truncatingIfNeeded: $0 * 7 + 1) }

    /// The digest of the digests of `message[..<length]` for every length, so that each way of padding is met.
    @Test(arguments: SHA256.Implementation.available)
    func everyLengthPads(_ implementation: SHA256.Implementation) {
        var sum = SHA256()
        for length in 0...Self.message.count {
            var sha256 = SHA256(implementation)
            sha256.update(Self.message[..<length])
            sum.update(sha256.finalize()[...])
        }
        #expect(hex(sum.finalize()) == "bb7d6d0d6592ab7edb752459c835ecac860ed253b337ce29b780d8e0bb3a76d5")
    }

    @Test func everyLengthPadsInSHA512() {
        var sum512 = SHA512()
        for length in 0...Self.message.count {
            var sha512 = SHA512()
            sha512.update(Self.message[..<length])
            sum512.update(sha512.finalize()[...])
        }
        #expect(
            hex(sum512.finalize())
                == "d6893c238a1cd927b0afc061ba3144a4594f1818915248156d2da60760cbce28"
                + "63dfb44f103543018e6c3b14159fbb3087aefd7ca803d832c212e5a396817f75")
    }

    @Test(arguments: [1, 3, 55, 56, 63, 64, 65, 111, 112, 127, 128, 129, 200])
    func piecesMakeTheSameDigest(pieceSize: Int) {
        let message = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 31 + 5) }
        var (whole256, whole512) = (SHA256(), SHA512())
        whole256.update(message[...])
        whole512.update(message[...])
        var (pieces256, pieces512) = (SHA256(), SHA512())
        for start in stride(from: 0, to: message.count, by: pieceSize) {
            let piece = start..<min(start + pieceSize, message.count)
            pieces256.update(message[piece])
            pieces512.update(message[piece])
        }
        #expect(pieces256.finalize() == whole256.finalize())
        #expect(pieces512.finalize() == whole512.finalize())
    }

    @Test func finalizingDoesNotEndTheMessage() {
        var sha256 = SHA256()
        sha256.update(Array("a".utf8)[...])
        _ = sha256.finalize()
        sha256.update(Array("bc".utf8)[...])
        #expect(hex(sha256.finalize()) == Self.vectors[1].sha256)
    }
}

func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
