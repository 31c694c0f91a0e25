import Foundation
import TestSupport
import Testing

@testable import Layers

/// Removing a folder, while others can change what stands around it.
@Suite struct TreeTests {
    @Test(arguments: Account.allCases)
    func removesWhatAnImageCanHold(_ account: Account) throws {
        let folder = try TemporaryFolder()
        try folder.write("precious", to: "victim/file")
        try account.run {
            var applier = LayerApplier(
                try RootDirectory(
                    {
                        mkdir(folder("d"), 0o755); return folder("d")
                    }()))
            let deep = String(repeating: "d/", count: 1500)
            try applier.apply(
                ArraySource(
                    TarBuilder.archive { tar in
                        tar.file(deep + "file", mode: 0)
                        tar.directory("d/closed", mode: 0)
                        tar.file("d/closed/sub/file")
                        tar.directory("d/closed/sub", mode: 0o100)
                        tar.symbolicLink("d/link", to: folder("victim"))
                        tar.add("d/fifo", "6")
                        tar.directory(".", mode: 0)
                    }))
            _ = try applier.finish()
            try Tree.remove(folder("d"))
            try Tree.remove(folder("d"))
        }
        #expect(try FolderListing.lines(of: folder.path).count == 3)
    }

    @Test func aLinkIsNotFollowed() throws {
        let folder = try TemporaryFolder()
        try folder.write("precious", to: "victim/file")
        symlink(folder("victim"), folder("d"))
        let before = try FolderListing.lines(of: folder.path)
        #expect(throws: LayerError.self) { try Tree.remove(folder("d")) }
        #expect(try FolderListing.lines(of: folder.path) == before)
    }

    @Test func aDirectoryThatIsMovedLeadsNowhereElse() throws {
        let folder = try TemporaryFolder()
        try folder.write("", to: "tree/a/b/file")
        mkdir(folder("elsewhere"), 0o755)
        let top = open(folder("tree"), O_RDONLY | O_DIRECTORY)
        var descent = try Descent(from: top, DirectoryNames(of: top, at: .root), at: .root)
        let child = openat(top, "a", O_RDONLY | O_DIRECTORY)
        try descent.enter(Array("a".utf8), child, DirectoryNames(of: child, at: .root))
        try #require(rename(folder("tree/a"), folder("elsewhere/a")) == 0)
        do {
            _ = try descent.leave()
            Issue.record("it went to another folder")
        } catch {
            #expect(error == .system("open", ".", ESTALE))
        }
    }

    /// Another user changes the folder's name into a link, and back, as fast as they can.
    @Test(.enabled(if: geteuid() == 0, "needs root, to be two users"))
    func anothersLinkInTheFoldersPlaceIsNotFollowed() throws {
        let folder = try TemporaryFolder()
        chmod(folder.path, 0o777)
        try folder.write("precious", to: "victim/file")
        try folder.write("precious", to: "victim/folder/file")
        chmod(folder("victim"), 0o755)
        let before = try FolderListing.lines(of: folder("victim"))
        let script = """
            import os, sys
            os.chdir(sys.argv[1])
            while not os.path.exists("stop"):
                try:
                    os.rename("d", "aside")
                    os.symlink("victim", "d")
                    os.unlink("d")
                    os.rename("aside", "d")
                except OSError:
                    pass
            """
        let quiet = open("/dev/null", O_RDWR)
        defer { close(quiet) }
        let swapper = try Program("python3", "-c", script, folder.path).asOrdinaryUser.start(
            output: quiet, errors: quiet, input: quiet)
        var refused = 0
        for _ in 0..<1500 {
            mkdir(folder("d"), 0)
            do { try Tree.remove(folder("d")) } catch is LayerError { refused += 1 }
        }
        try folder.write("", to: "stop")
        _ = try Program.wait(for: swapper, limit: 30)
        #expect(try FolderListing.lines(of: folder("victim")) == before, "\(refused) of 1500 were refused")
    }
}
