// swift-tools-version: 6.2
import PackageDescription

/// Every target is held to these rules; a warning is an error.
let checked: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// What ships is held to strict memory safety too; the tests prepare files and processes through pointers freely.
let strict = checked + [.strictMemorySafety()]

/// The codecs are optimised in debug builds too: unoptimised they are a hundred times slower, and the tests unpack
/// whole images. Overflow checks, preconditions and `@testable` remain.
let optimized: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// Instructions beyond plain x86-64 that Checksums asks the processor for before it uses them. The compiler chooses none
/// of the two by itself.
#if arch(x86_64)
    let intrinsics: [SwiftSetting] = [
        .unsafeFlags(["-Xcc", "-msha", "-Xcc", "-mpclmul"]),
        .enableExperimentalFeature("BuiltinModule"),
    ]
#else
    let intrinsics: [SwiftSetting] = []
#endif

func module(_ name: String, uses dependencies: [Target.Dependency] = [], settings: [SwiftSetting] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict + settings)
}

func command(_ name: String, uses module: Target.Dependency) -> Target {
    .executableTarget(name: name, dependencies: [module], swiftSettings: strict)
}

func tests(of modules: Target.Dependency..., name: String) -> Target {
    .testTarget(name: name, dependencies: modules + ["TestSupport"], swiftSettings: checked)
}

// The arrows of the dependencies point one way; Registry, Layers and Bubblewrap never see each other.
let package = Package(
    name: "d-utils",
    targets: [
        module("Checksums", settings: optimized + intrinsics),
        module("ContainerImage", uses: ["Checksums"]),
        module("Console"),
        module("Registry", uses: ["ContainerImage"]),
        // `Extern` reaches openat2, which the C library's module does not show.
        module(
            "Layers", uses: ["ContainerImage", "Checksums"],
            settings: optimized + [.enableExperimentalFeature("Extern")]),
        module("Bubblewrap", uses: ["ContainerImage"]),
        module("Fetching", uses: ["Registry", "Layers", "ContainerImage", "Console"]),
        module("PullCommand", uses: ["Fetching", "Registry", "Layers", "ContainerImage", "Console"]),
        module("SaveCommand", uses: ["Fetching", "Registry", "Layers", "ContainerImage", "Console"]),
        module("InspectCommand", uses: ["Fetching", "Registry", "ContainerImage", "Console"]),
        module("RunCommand", uses: ["Bubblewrap", "ContainerImage", "Console"]),
        module("LoginCommand", uses: ["Registry", "ContainerImage", "Console"]),
        module(
            "Commands", uses: ["PullCommand", "SaveCommand", "InspectCommand", "RunCommand", "LoginCommand", "Console"]),
        command("d-pull", uses: "PullCommand"),
        command("d-save", uses: "SaveCommand"),
        command("d-inspect", uses: "InspectCommand"),
        command("d-run", uses: "RunCommand"),
        command("d-exec", uses: "RunCommand"),
        command("d-login", uses: "LoginCommand"),
        command("d-utils", uses: "Commands"),
        // The benchmark does without Foundation: every process that it measures would inherit its weight.
        .executableTarget(
            name: "d-bench", dependencies: ["Layers", "ContainerImage", "Console"],
            swiftSettings: strict),

        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: checked),
        tests(of: "Checksums", name: "ChecksumsTests"),
        tests(of: "ContainerImage", name: "ContainerImageTests"),
        tests(of: "Console", name: "ConsoleTests"),
        tests(of: "Registry", "ContainerImage", name: "RegistryTests"),
        tests(of: "Layers", "ContainerImage", "Checksums", name: "LayersTests"),
        tests(of: "Bubblewrap", "ContainerImage", name: "BubblewrapTests"),
        tests(
            of: "Checksums", "Fetching", "PullCommand", "SaveCommand", "RunCommand", "LoginCommand", "Commands",
            "d-pull", "d-run", "d-exec", "d-save", "d-inspect", "d-login", "d-utils", "d-bench",
            name: "CommandTests"),
    ],
    swiftLanguageModes: [.v6]
)

// Nothing that is shipped: `swift build --sanitize fuzzer` brings the `main`.
if Context.environment["D_UTILS_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "fuzz", dependencies: ["Layers"], path: "Tests/Fuzz",
            swiftSettings: checked + [.unsafeFlags(["-parse-as-library"])]))
}
