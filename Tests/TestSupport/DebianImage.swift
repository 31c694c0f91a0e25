import Foundation

/// A real Debian with several layers, made once on a machine by `Fixtures/images/debian.src/make.sh`.
public enum DebianImage {
    private static let folder = "/var/tmp/d-utils-tests/debian-apt"

    /// The OCI layout that holds it, under the tag `12`. Making it takes half a minute, root and Debian's archive.
    public static func layout() throws -> String { try made.get() }

    /// Whether this machine has the image or can make it.
    public static var isAvailable: Bool {
        access("\(folder)/layout", R_OK) == 0
            || geteuid() == 0 && ["mmdebstrap", "umoci", "setfattr"].allSatisfy(Program.exists)
    }

    private static let made = Result { try MadeOnce.path("layout", in: folder, by: "images/debian.src/make.sh") }
}
