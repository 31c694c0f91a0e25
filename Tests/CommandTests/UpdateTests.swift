import ContainerImage
import Foundation
import TestSupport
import Testing

@testable import PullCommand

/// `d-pull --update`.
@Suite(.enabled(if: SmallImages.isPossible, "needs umoci and python3"))
struct UpdateTests {
    private let commands: CommandFolder

    init() throws {
        commands = try CommandFolder()
        _ = try SmallImages.make(in: commands.folder)
        try point(to: 1)
    }

    /// Lets the tag `app` of the layout mean another image.
    private func point(to version: Int) throws {
        try commands.shell("umoci tag --image images:\(version) app; chmod -R a+rX images")
    }

    private func pull() throws { try #require(commands("d-pull", "-q", "oci:images:app", "box").run().status == 0) }

    @Test func anImageThatDidNotMoveChangesNothing() throws {
        try pull()
        let before = try commands.shell("find box -printf '%p %i %T@ %C@\\n' | sort")
        let result = try commands("d-pull", "--update", "box").run()
        #expect(result.status == 0 && result.output.isEmpty && result.errors.contains("up to date"), "\(result)")
        #expect(try commands.shell("find box -printf '%p %i %T@ %C@\\n' | sort") == before)
    }

    @Test func takesTheNewImageAndKeepsWhatIsTheUsers() throws {
        try pull()
        try commands.shell(
            """
            mkdir -p box/volumes/data; echo mine > box/volumes/data/file; echo changed > box/rootfs/etc/mine
            sed -i 's/"VERSION=1"/"VERSION=1",\\n    "MINE=yes"/; s/"run",/"walk",/; 1s/{/{\\n  "net": true,/' box/config.json
            chmod 640 box/config.json
            chown -R 1000:1000 box
            """)
        try point(to: 2)
        let result = try commands("d-pull", "--update", "box/").run()
        #expect(result.status == 0 && result.output == "box/\n", "\(result)")
        #expect(result.errors.contains("'Cmd'") || result.errors.contains("Cmd was changed"), "\(result)")
        let fresh = try commands("d-pull", "-q", "oci:images:app", "fresh").run()
        #expect(fresh.status == 0)
        #expect(try TreeListing.difference(commands.folder("fresh/rootfs"), commands.folder("box/rootfs")).isEmpty)
        #expect(try commands.text("box/image.txt") == (try commands.text("fresh/image.txt")))
        #expect(try commands.text("box/image.json") == (try commands.text("fresh/config.json")))
        #expect(try commands.text("box/volumes/data/file") == "mine\n")
        let config = JSONField(try JSON(parsing: Array(try commands.text("box/config.json").utf8)))
        #expect(try config["net"].bool() == true)
        #expect(try config["Env"].strings() == ["PATH=/bin", "VERSION=2", "MINE=yes"])
        #expect(try config["Cmd"].strings() == ["walk", "v1"])
        #expect(try commands.shell("stat -c %a box/config.json") == "640\n")
        #expect(try commands.names() == ["box", "fresh", "images"])
    }

    @Test(.enabled(if: DockerRegistry.isAvailable, "needs docker-registry and skopeo"))
    func asksTheRegistry() throws {
        let registry = try DockerRegistry()
        let name = "\(registry.address)/app:1"
        try registry.push(layout: commands.folder("images"), tag: "1", as: "app:1")
        try #require(commands("d-pull", "-q", name, "box").run().status == 0)
        let still = try commands("d-pull", "--update", "box").run()
        #expect(still.status == 0 && still.output.isEmpty, "\(still)")
        try registry.push(layout: commands.folder("images"), tag: "2", as: "app:1")
        let moved = try commands("d-pull", "--update", "box").run()
        #expect(moved.status == 0 && moved.output == "box\n", "\(moved)")
        #expect(try commands.text("box/rootfs/etc/version") == "2\n")
    }

    @Test func refusesWhileAProgramRuns() throws {
        try pull()
        try point(to: 2)
        // The first has ended; this user may ask for the second.
        let quiet = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(quiet) }
        let child = try Program("sleep", "300").asOrdinaryUser.start(output: quiet, errors: quiet, input: quiet)
        defer {
            kill(child, SIGKILL)
            _ = try? Program.wait(for: child, limit: 60)
        }
        try commands.folder.write("99999999\n\(child)\n", to: "box/run.lock")
        chmod(commands.folder("box/run.lock"), 0o666)
        let lock = open(commands.folder("box/run.lock"), O_RDWR | O_CLOEXEC)
        try #require(flock(lock, LOCK_SH | LOCK_NB) == 0)
        let refused = try commands("d-pull", "--update", "box").run()
        #expect(refused.status == 1 && refused.errors.contains("(process \(child))"), "\(refused)")
        #expect(try commands.text("box/rootfs/etc/version") == "1\n")
        close(lock)
        let result = try commands("d-pull", "--update", "box").run()
        #expect(try result.status == 0 && commands.text("box/rootfs/etc/version") == "2\n", "\(result)")
    }

    @Test(.enabled(if: RunContainer.isPossible, "needs bubblewrap and busybox-static"))
    func knowsThatDRunRuns() throws {
        let container = try RunContainer()
        let digest = "sha256:" + String(repeating: "0", count: 64)
        try container.folder.write(
            "reference oci:\(commands.folder("images")):1\ndigest \(digest)\nmanifest \(digest)\nplatform linux/amd64\n",
            to: "box/image.txt")
        try container.folder.write("{}", to: "box/image.json")
        let quiet = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(quiet) }
        let child = try container.command("box", "/bin/sleep", "300").start(output: quiet, errors: quiet, input: quiet)
        let deadline = Date(timeIntervalSinceNow: 60)
        var text = ""
        while text.isEmpty, Date.now < deadline {
            text = (try? String(contentsOfFile: container.folder("box/run.lock"), encoding: .utf8)) ?? ""
            usleep(10_000)
        }
        let refused = try commands("d-pull", "--update", container.folder("box")).run()
        #expect(refused.status == 1 && refused.errors.contains("is running"), "\(refused)")
        kill(child, SIGTERM)
        _ = try Program.wait(for: child, limit: 60)
        let result = try commands("d-pull", "--update", container.folder("box")).run()
        #expect(result.status == 0, "\(result)")
    }

    @Test func whatIsNoContainerIsTold() throws {
        try pull()
        for (script, words) in [
            ("rm box/image.json", "image.json"), ("rm box/image.txt", "is no container"),
            ("echo x > box/image.txt", "image.txt"),
            ("echo '{' > box/config.json", "config.json"), ("rm -rf box/rootfs box", "No such file"),
        ] {
            try commands.shell("cp -a box saved; chmod -R u+w box; \(script)")
            let result = try commands("d-pull", "--update", "box").run()
            #expect(result.status == 1 && result.errors.contains(words), "\(script): \(result)")
            try commands.shell("rm -rf box; mv saved box")
        }
    }

    /// Killed at any instant, the container is the old one or the new one, and the next update completes it.
    @Test func aKilledUpdateIsMadeAgain() throws {
        try pull()
        let start = Date.now
        try point(to: 2)
        try #require(commands("d-pull", "-q", "--update", "box").run().status == 0)
        let length = Date.now.timeIntervalSince(start)
        let quiet = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(quiet) }
        for round in 0..<100 {
            try point(to: round % 2 + 1)
            let child = try commands("d-pull", "-q", "--update", "box").start(
                output: quiet, errors: quiet, input: quiet)
            usleep(useconds_t(Double.random(in: 0...length) * 1e6))
            kill(child, SIGKILL)
            _ = try Program.wait(for: child, limit: 60)
            let version = try commands.text("box/rootfs/etc/version")
            #expect(["1\n", "2\n"].contains(version))
            #expect(try commands.text("box/rootfs/etc/replaced") == "high\n")
            #expect(try JSON(parsing: Array(commands.text("box/config.json").utf8))["Cmd"] != nil)
        }
        for version in [2, 1] {
            try point(to: version)
            let last = try commands("d-pull", "-q", "--update", "box").run()
            #expect(last.status == 0, "\(last)")
            #expect(try commands.text("box/rootfs/etc/version") == "\(version)\n")
            #expect(try commands.text("box/config.json").contains("VERSION=\(version)"))
        }
        #expect(try commands.names() == ["box", "images"])
    }
}

/// The three-way merge, old, new, file, result.
@Suite struct ConfigMergeTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let old: String
        let new: String
        let file: String
        let result: String
        var conflicts: [String] = []
    }

    @Test(arguments: [
        Case(
            testDescription: "nothing edited", old: #"{"A":1,"B":2}"#, new: #"{"A":3,"C":4}"#, file: #"{"A":1,"B":2}"#,
            result: #"{"A":3,"C":4}"#),
        Case(
            testDescription: "edited, the image did not move", old: #"{"A":1}"#, new: #"{"A":1}"#,
            file: #"{"A":2,"X":1}"#,
            result: #"{"A":2,"X":1}"#),
        Case(
            testDescription: "each changed its own", old: #"{"A":1,"B":1}"#, new: #"{"A":2,"B":1}"#,
            file: #"{"B":2,"A":1}"#, result: #"{"B":2,"A":2}"#),
        Case(
            testDescription: "both changed alike", old: #"{"A":1}"#, new: #"{"A":2}"#, file: #"{"A":2}"#,
            result: #"{"A":2}"#),
        Case(
            testDescription: "the user's stays", old: #"{"Cmd":["a"]}"#, new: #"{"Cmd":["b"]}"#,
            file: #"{"Cmd":["c"]}"#,
            result: #"{"Cmd":["c"]}"#, conflicts: ["Cmd"]),
        Case(
            testDescription: "removed by the user", old: #"{"A":1,"B":1}"#, new: #"{"A":1,"B":1,"C":1}"#,
            file: #"{"A":1}"#, result: #"{"A":1,"C":1}"#),
        Case(
            testDescription: "removed by the user, changed in the image", old: #"{"A":1}"#, new: #"{"A":2}"#,
            file: "{}",
            result: "{}", conflicts: ["A"]),
        Case(
            testDescription: "removed from the image", old: #"{"A":1,"B":1}"#, new: #"{"A":1}"#,
            file: #"{"A":5,"B":1}"#, result: #"{"A":5}"#),
        Case(
            testDescription: "variables by name", old: #"{"Env":["P=1","Q=1"]}"#, new: #"{"Env":["P=2","Q=1","R=1"]}"#,
            file: #"{"Env":["P=1","Q=9","M=1"]}"#, result: #"{"Env":["P=2","Q=9","M=1","R=1"]}"#),
        Case(
            testDescription: "objects key by key", old: #"{"L":{"a":"1","b":"1"}}"#, new: #"{"L":{"a":"2","b":"2"}}"#,
            file: #"{"L":{"b":"3","a":"1"}}"#, result: #"{"L":{"b":"3","a":"2"}}"#, conflicts: ["L.b"]),
        Case(
            testDescription: "merged before, and killed", old: #"{"A":1,"B":1}"#, new: #"{"A":2,"B":1}"#,
            file: #"{"A":2,"B":9}"#, result: #"{"A":2,"B":9}"#),
    ])
    func merges(_ example: Case) throws {
        func json(_ text: String) throws -> JSON { try JSON(parsing: Array(text.utf8)) }
        let merge = ConfigMerge(
            old: try json(example.old), new: try json(example.new), file: try json(example.file))
        #expect(merge.result.line == example.result)
        #expect(merge.conflicts == example.conflicts)
    }
}
