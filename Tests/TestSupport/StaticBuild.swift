import Foundation

/// What `.release/build` has made. Its tests run where `D_UTILS_STATIC` names its folder, `.build/static`.
public enum StaticBuild {
    /// The folder; nil where the tests of the static binary are not asked for.
    public static let folder = ProcessInfo.processInfo.environment["D_UTILS_STATIC"]

    /// Why tests of the static binary are skipped.
    public static let need = "needs .release/build, .release/package and D_UTILS_STATIC=.build/static"

    /// The binary as it is installed.
    public static var binary: String { "\(folder ?? "")/root/bin/d-utils" }
}
