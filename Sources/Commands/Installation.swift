internal import Console
import Foundation
import Glibc

/// This program with all its names, manuals and completions in the folders of a prefix: `/usr/local`, `~/.local`.
struct Installation {
    /// Something could not be written.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let prefix: String

    /// Writes everything, in the place of an earlier installation. Throws `Failure` with the path.
    func run() throws {
        try write("bin", "d-utils") { path in
            let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            try FileManager.default.copyItem(atPath: program, toPath: path)
        }
        for command in Command.all {
            try write("bin", command.name) { path in
                try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "d-utils")
            }
        }
        for (path, text) in Self.documents {
            let parts = path.split(separator: "/").map(String.init)
            try write(parts.dropLast().joined(separator: "/"), parts.last ?? "") { path in
                try Data(text.utf8).write(to: URL(filePath: path))
            }
        }
    }

    /// Every text that is installed, with its path below the prefix.
    static var documents: [(path: String, text: String)] {
        [("share/man/man5/d-utils-config.5", ConfigManual.text)]
            + Command.all.map {
                ("share/man/man1/\($0.name).1", CommandManual($0.syntax, environment: $0.environment).text)
            }
            + [("share/man/man1/d-utils.1", CommandManual(SingleBinary.syntax).text)]
            + (Command.all.map(\.syntax) + [SingleBinary.syntax]).flatMap { syntax in
                [
                    ("share/bash-completion/completions/\(syntax.name)", BashCompletion(syntax).text),
                    ("share/zsh/site-functions/_\(syntax.name)", ZshCompletion(syntax).text),
                    ("share/fish/vendor_completions.d/\(syntax.name).fish", FishCompletion(syntax).text),
                ]
            }
    }

    /// Makes a file in a folder of the prefix under a hidden name that becomes `name`: what runs goes on with the old.
    private func write(_ folder: String, _ name: String, make: (String) throws -> Void) throws {
        let temporary = "\(prefix)/\(folder)/.\(name).\(getpid())"
        do {
            try FileManager.default.createDirectory(atPath: "\(prefix)/\(folder)", withIntermediateDirectories: true)
            try make(temporary)
        } catch {
            throw Failure(description: "'\(prefix)/\(folder)/\(name)' cannot be written: \(error.localizedDescription)")
        }
        guard unsafe rename(temporary, "\(prefix)/\(folder)/\(name)") == 0 else {
            let reason = unsafe String(cString: strerror(errno))
            throw Failure(description: "'\(prefix)/\(folder)/\(name)' cannot be written: \(reason)")
        }
    }
}
