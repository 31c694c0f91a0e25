"""Writes an OCI image layout (image-spec, image-layout.md) from one layer tar for each architecture."""
import gzip, hashlib, json, os, sys

work, layout = sys.argv[1:]
blobs = os.path.join(layout, "blobs", "sha256")
os.makedirs(blobs)


def blob(content):
    digest = hashlib.sha256(content).hexdigest()
    with open(os.path.join(blobs, digest), "wb") as file:
        file.write(content)
    return {"digest": "sha256:" + digest, "size": len(content)}


def document(value):
    return json.dumps(value, indent=2).encode() + b"\n"


manifests = []
for architecture in ["amd64", "arm64"]:
    with open(os.path.join(work, architecture + ".tar"), "rb") as file:
        tar = file.read()
    platform = {"architecture": architecture, "os": "linux"}
    config = {
        **platform,
        "config": {"Env": ["PATH=/"], "Cmd": ["/hello"]},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(tar).hexdigest()]},
        "history": [{"created_by": "hello.S"}],
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json", **blob(document(config))},
        "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", **blob(gzip.compress(tar, mtime=0))}],
    }
    manifests.append({"mediaType": manifest["mediaType"], **blob(document(manifest)), "platform": platform})

index = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": manifests}
entry = {
    "mediaType": index["mediaType"],
    **blob(document(index)),
    "annotations": {"org.opencontainers.image.ref.name": "latest"},
}
for name, value in [("oci-layout", {"imageLayoutVersion": "1.0.0"}), ("index.json", {"schemaVersion": 2, "manifests": [entry]})]:
    with open(os.path.join(layout, name), "wb") as file:
        file.write(document(value))
