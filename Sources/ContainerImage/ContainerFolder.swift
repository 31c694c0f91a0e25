/// The names inside a container's folder: d-pull writes them, d-run reads them.
public enum ContainerFolder {
    /// The image's files.
    public static let rootfs = "rootfs"
    /// The image's `config` object, to be edited by people.
    public static let config = "config.json"
    /// Where the image came from.
    public static let image = "image.txt"
    /// What `config.json` was when the image brought it, so that an update can tell the user's edits.
    public static let imageConfig = "image.json"
    /// Locked by d-run while a program runs in the container; holds the process's id.
    public static let runLock = "run.lock"
    /// Named volumes.
    public static let volumes = "volumes"

    /// The keys of `config.json` that are d-run's own. Each opens the container in some way, so only people set them:
    /// d-pull drops them from what an image brings.
    public static let runKeys: Set<String> = [
        "net", "fakeroot", "readonly", "ephemeral", "ports", "nested", "devices", "tmpfs", "memory", "cpus", "pids",
        "ulimits", "stopTimeout",
    ]
}
