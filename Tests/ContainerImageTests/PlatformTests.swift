import Testing

@testable import ContainerImage

private let sha = "sha256:" + String(repeating: "ab", count: 32)

private func index(_ platforms: [String?]) throws -> ImageIndex {
    let manifests = platforms.enumerated().map { offset, text in
        let parts = text?.split(separator: "/").map(String.init) ?? []
        let variant = parts.count == 3 ? #","variant":"\#(parts[2])""# : ""
        let platform = text == nil ? "" : #","platform":{"os":"\#(parts[0])","architecture":"\#(parts[1])"\#(variant)}"#
        return #"{"digest":"\#(sha)","size":\#(offset)\#(platform)}"#
    }
    let text = #"{"manifests":[\#(manifests.joined(separator: ","))]}"#
    guard case .index(let index) = try ManifestDocument(parsing: Array(text.utf8), mediaType: nil) else {
        throw JSONError.missing(field: "manifests")
    }
    return index
}

@Suite struct PlatformTests {
    @Test(
        arguments: [
            ("the exact one", "linux/amd64", ["linux/arm64", "linux/amd64"], 1),
            ("the first of equals", "linux/amd64", ["linux/amd64", "linux/amd64"], 0),
            ("another system does not count", "linux/amd64", ["windows/amd64", "linux/amd64"], 1),
            ("arm64 is arm64/v8", "linux/arm64", ["linux/arm64/v8"], 0),
            ("arm64/v8 is arm64", "linux/arm64/v8", ["linux/arm/v7", "linux/arm64"], 1),
            (
                "arm takes the highest variant that runs", "linux/arm/v7",
                ["linux/arm/v5", "linux/arm/v6", "linux/arm64"], 1
            ),
            ("arm without variant is v7", "linux/arm", ["linux/arm/v6", "linux/arm/v7"], 1),
            ("never a higher variant", "linux/arm/v6", ["linux/arm/v7", "linux/arm/v5"], 1),
            ("amd64/v3 runs amd64", "linux/amd64/v3", ["linux/amd64/v4", "linux/amd64", "linux/amd64/v2"], 2),
            ("amd64 does not run amd64/v3", "linux/amd64", ["linux/amd64/v3", "linux/amd64"], 1),
            ("other names of architectures", "linux/aarch64", ["linux/amd64", "linux/arm64"], 1),
            ("attestations are skipped", "linux/amd64", ["unknown/unknown", "linux/amd64"], 1),
            ("the only entry may lack its platform", "linux/amd64", [nil], 0),
        ] as [(String, String, [String?], Int)])
    func matches(_ name: String, _ wanted: String, _ platforms: [String?], _ expected: Int) throws {
        let wanted = try #require(Platform(parsing: wanted))
        #expect(try index(platforms).manifest(for: wanted)?.size == Int64(expected))
    }

    @Test(
        arguments: [
            ("never silently the first", "linux/amd64", ["linux/arm64"]),
            ("one of several without platform", "linux/amd64", [nil, nil]),
            ("only attestations", "linux/amd64", ["unknown/unknown"]), ("nothing", "linux/amd64", []),
            ("a variant too high", "linux/arm/v5", ["linux/arm/v6"]),
        ] as [(String, String, [String?])])
    func doesNotMatch(_ name: String, _ wanted: String, _ platforms: [String?]) throws {
        let wanted = try #require(Platform(parsing: wanted))
        #expect(try index(platforms).manifest(for: wanted) == nil)
    }

    @Test(arguments: ["", "linux", "linux/", "/amd64", "linux/arm/v7/x", "linux//v7"])
    func refuses(_ text: String) {
        #expect(Platform(parsing: text) == nil)
    }
}
