import Foundation

/// OCI image layouts made of given layers, whatever is in them.
public enum MadeLayout {
    /// Makes a layout at `path` with an image for each tag, of uncompressed layers; `config` is the JSON of what a
    /// container of it runs.
    public static func make(_ path: String, _ images: [String: [[UInt8]]], config: String = "{}") throws {
        try FileManager.default.createDirectory(atPath: "\(path)/blobs/sha256", withIntermediateDirectories: true)
        var words: [String] = []
        for (tag, layers) in images.sorted(by: { $0.key < $1.key }) {
            words.append("\(tag):\(layers.count)")
            for (number, layer) in layers.enumerated() {
                try Data(layer).write(to: URL(filePath: "\(path)/\(tag):\(layers.count).\(number)"))
            }
        }
        var program = Program("python3", "-c", script, path, config)
        program.input = words.joined(separator: "\n")
        let result = try program.run()
        guard result.status == 0 else { throw Program.Failure(description: "\(result)") }
    }

    private static let script = #"""
        import hashlib, json, os, sys

        os.chdir(sys.argv[1])
        kind = "application/vnd.oci.image."

        def blob(content, media_type):
            digest = hashlib.sha256(content).hexdigest()
            with open("blobs/sha256/" + digest, "wb") as file:
                file.write(content)
            return {"mediaType": kind + media_type, "digest": "sha256:" + digest, "size": len(content)}

        def document(value, media_type):
            return blob(json.dumps(value).encode(), media_type)

        manifests = []
        for name in sys.stdin.read().split("\n"):
            tag, count = name.split(":")
            layers = []
            for number in range(int(count)):
                with open(f"{name}.{number}", "rb") as file:
                    layers.append(blob(file.read(), "layer.v1.tar"))
                os.remove(f"{name}.{number}")
            digests = [layer["digest"] for layer in layers]
            rootfs = {"type": "layers", "diff_ids": digests}
            config = document(
                {"architecture": os.uname().machine.replace("x86_64", "amd64").replace("aarch64", "arm64"),
                 "os": "linux", "config": json.loads(sys.argv[2]), "rootfs": rootfs}, "config.v1+json")
            manifest = document({"schemaVersion": 2, "config": config, "layers": layers}, "manifest.v1+json")
            manifest["annotations"] = {"org.opencontainers.image.ref.name": tag}
            manifests.append(manifest)
        for name, value in [
            ("index.json", {"schemaVersion": 2, "manifests": manifests}),
            ("oci-layout", {"imageLayoutVersion": "1.0.0"}),
        ]:
            with open(name, "w") as file:
                json.dump(value, file)
        """#
}
