import Foundation

/// Files below `Fixtures/`.
public enum Fixture {
    /// The absolute path of the project's folder.
    public static let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path(percentEncoded: false)

    /// The absolute path of a fixture: `Fixture.path("tar/v7.tar")`.
    public static func path(_ name: String) -> String { "\(project)Fixtures/\(name)" }

    /// A fixture's bytes.
    public static func bytes(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(filePath: path(name))))
    }

    /// The names of the files in a folder of fixtures that end with `suffix`, sorted.
    public static func names(in folder: String, suffix: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path(folder)).filter { $0.hasSuffix(suffix) }.sorted()
    }
}
