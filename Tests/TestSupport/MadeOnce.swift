import Foundation

/// What is too large to keep in `Fixtures`: its recipe is there, and the first test that needs it on a machine makes it.
enum MadeOnce {
    /// The path of `name` in a folder of /var/tmp, made by a script of `Fixtures` that gets the folder.
    static func path(_ name: String, in folder: String, by recipe: String) throws -> String {
        if access("\(folder)/\(name)", R_OK) != 0 {
            let result = try Program(Fixture.path(recipe), folder).run()
            guard result.status == 0 else { throw Program.Failure(description: "\(recipe): \(result)") }
        }
        return "\(folder)/\(name)"
    }
}
