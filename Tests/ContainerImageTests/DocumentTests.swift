import Testing

@testable import ContainerImage

private let sha = "sha256:" + String(repeating: "ab", count: 32)

private func document(_ text: String, _ mediaType: String? = nil) throws -> ManifestDocument {
    try ManifestDocument(parsing: Array(text.utf8), mediaType: mediaType)
}

private let descriptor = #"{"mediaType":"x","digest":"\#(sha)","size":5}"#

@Suite struct DocumentTests {
    @Test(arguments: [
        MediaType.ociManifest, MediaType.dockerManifest, MediaType.dockerManifest + "; charset=utf-8", nil,
        "text/plain",
    ])
    func readsManifests(_ mediaType: String?) throws {
        let text = #"{"schemaVersion":2,"config":\#(descriptor),"layers":[\#(descriptor),\#(descriptor)]}"#
        guard case .manifest(let manifest) = try document(text, mediaType) else {
            Issue.record("not read as a manifest")
            return
        }
        #expect(manifest.layers.count == 2, "the same layer twice is legal")
        #expect(manifest.config.size == 5)
    }

    @Test(arguments: [
        ("both kinds at once", #"{"manifests":[],"layers":[],"config":\#(descriptor)}"#, nil),
        ("sent as another type", #"{"mediaType":"\#(MediaType.ociIndex)","manifests":[]}"#, MediaType.ociManifest),
        ("schema 1", #"{"schemaVersion":1,"fsLayers":[]}"#, nil),
        ("an index sent as a manifest", #"{"manifests":[]}"#, MediaType.ociManifest),
        ("another type", #"{"mediaType":"application/vnd.cncf.helm","config":\#(descriptor),"layers":[]}"#, nil),
        ("no config", #"{"layers":[]}"#, nil),
        ("layers is no array", #"{"config":\#(descriptor),"layers":{}}"#, nil),
        ("a negative size", #"{"config":{"digest":"\#(sha)","size":-1},"layers":[]}"#, nil),
        ("a size that is no whole number", #"{"config":{"digest":"\#(sha)","size":1.5},"layers":[]}"#, nil),
        ("a size over 64 bits", #"{"config":{"digest":"\#(sha)","size":9223372036854775808},"layers":[]}"#, nil),
        ("a digest with a path", #"{"config":{"digest":"sha256:../../../etc/passwd","size":1},"layers":[]}"#, nil),
        ("an unknown algorithm", #"{"config":{"digest":"md5:00","size":1},"layers":[]}"#, nil),
        ("an array", "[]", nil),
    ])
    func refuses(_ name: String, _ text: String, _ mediaType: String?) {
        #expect(throws: JSONError.self, "\(name)") { try document(text, mediaType) }
    }

    @Test func layersAreBounded() {
        let layers = Array(repeating: descriptor, count: Manifest.layerLimit + 1).joined(separator: ",")
        #expect(throws: JSONError.invalid(field: "layers", reason: "found 4097 layers, expected at most 4096")) {
            try document(#"{"config":\#(descriptor),"layers":[\#(layers)]}"#)
        }
    }

    @Test func readsImageConfigs() throws {
        let text = #"""
            {"os":"linux","architecture":"arm64","variant":"v8","rootfs":{"diff_ids":["\#(sha)"]},
             "config":{"Labels":{"n":"1"},"Big":123456789012345678901},"history":[{"created_by":"RUN x"},{"empty_layer":true}]}
            """#
        let config = try ImageConfig(parsing: Array(text.utf8))
        #expect(config.platform == Platform(os: "linux", architecture: "arm64"))
        #expect(config.diffIDs.map(\.description) == [sha])
        #expect(config.config["Big"] == .number("123456789012345678901"))
        #expect(config.history.map(\.emptyLayer) == [false, true])
        let empty = try ImageConfig(parsing: Array(#"{"config":null,"rootfs":{"diff_ids":[]}}"#.utf8))
        #expect(empty.config == .object([]))
    }

    @Test(arguments: [
        #"{}"#, #"{"rootfs":{"diff_ids":["x"]}}"#, #"{"rootfs":{"diff_ids":[null]}}"#,
        #"{"rootfs":{"diff_ids":[]},"config":[]}"#,
    ])
    func refusesImageConfigs(_ text: String) {
        #expect(throws: JSONError.self) { try ImageConfig(parsing: Array(text.utf8)) }
    }
}

@Suite struct DigestTests {
    @Test func hashesAreThoseOfTheStandard() {
        #expect(
            Digest(of: Array("abc".utf8)).description
                == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            Digest(of: [], .sha512).hex.hasPrefix("cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"))
    }

    @Test(arguments: [
        "", ":", "sha256:", "sha256", "SHA256:\(sha.dropFirst(7))", sha + "0", String(sha.dropLast()),
        "sha512:\(sha.dropFirst(7))",
    ])
    func refuses(_ text: String) {
        #expect(throws: DigestError.self) { try Digest(parsing: text) }
    }
}
