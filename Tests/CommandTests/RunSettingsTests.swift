import Console
import ContainerImage
import Foundation
import TestSupport
import Testing

@testable import RunCommand

/// How settings are written, on the command line and in `config.json`.
@Suite struct RunSettingsTests {
    private func config(_ text: String) throws -> ContainerConfig {
        try ContainerConfig(JSON(parsing: Array(text.utf8)))
    }

    private func options(_ arguments: [String], on text: String = "{}") throws -> ContainerConfig {
        try RunOptions(RunOptions.syntax.parse(arguments + ["box"])).applied(to: config(text))
    }

    @Test(arguments: [
        ("8080:80", "127.0.0.1/8080:80", "tcp"), ("0.0.0.0:1:65535/tcp", "0.0.0.0/1:65535", "tcp"),
        ("[::1]:53:5353/udp", "::1/53:5353", "udp"),
    ])
    func readsPorts(_ text: String, specification: String, transport: String) throws {
        let port = try #require(PublishedPort(parsing: text))
        #expect(port.specification == specification && port.transport.rawValue == transport)
    }

    @Test(arguments: [
        "", "80", "0:80", "80:0", "65536:80", "80:65536", "80:80/sctp", "80:80/tcp/udp", "host:80:80", "::1:80:80",
        "1.2.3:80:80", "a:b", "-1:80", ":80:80", "127.0.0.1::80", "[127.0.0.1]:80:80",
    ])
    func refusesPorts(_ text: String) { #expect(PublishedPort(parsing: text) == nil) }

    @Test(arguments: [
        ("TERM", 15), ("SIGQUIT", 3), ("sigint", 2), ("9", 9), ("SIGRTMIN", 34), ("SIGRTMIN+3", 37), ("RTMAX-1", 63),
        ("WINCH", 28), ("64", 64),
    ])
    func readsSignals(_ text: String, number: Int32) { #expect(StopSignal(parsing: text)?.number == number) }

    @Test(arguments: ["", "SIG", "NO", "0", "65", "-1", "RTMIN+99", "RTMIN-1", "SIGRTMAX+1", "15 "])
    func refusesSignals(_ text: String) { #expect(StopSignal(parsing: text) == nil) }

    @Test(arguments: [
        ("nofile=1024", "nofile=1024:1024"), ("core=0:unlimited", "core=0:unlimited"),
        ("nproc=unlimited", "nproc=unlimited:unlimited"),
    ])
    func readsLimits(_ text: String, written: String) { #expect(ResourceLimit(parsing: text)?.text == written) }

    @Test(arguments: ["", "nofile", "nofile=", "nofile=2:1", "nofile=a", "files=1", "nofile=1:2:3", "nofile=-1"])
    func refusesLimits(_ text: String) { #expect(ResourceLimit(parsing: text) == nil) }

    @Test(arguments: [("/a", nil), ("/a/b:size=2K", 2048), ("/x:size=5", 5)] as [(String, UInt64?)])
    func readsTemporaryFolders(_ text: String, size: UInt64?) throws {
        #expect(try #require(TemporaryFolderArgument(parsing: text)).size == size)
    }

    @Test(arguments: [
        "", "a", "/a/../b", "/a:size=", "/a:size=0", "/a:mode=1", "/a:size=1:size=2", "/a:size=9999999999G",
    ])
    func refusesTemporaryFolders(_ text: String) { #expect(TemporaryFolderArgument(parsing: text) == nil) }

    @Test(arguments: [
        (["-n"], #"{"net":true}"#), (["--net=private"], #"{"net":"private"}"#), (["--net=none"], #"{"net":false}"#),
        (["-p", "1:2", "-p", "3:4/udp"], #"{"ports":["1:2","3:4/udp"]}"#),
        (["-r"], #"{"fakeroot":true,"User":"ignored"}"#), (["-u", "bob"], #"{"User":"bob"}"#),
        (["-e", "A=b", "-e", "C"], #"{"Env":["A=b","C"]}"#), (["-w", "/x"], #"{"WorkingDir":"/x"}"#),
        (["--hostname", "h"], #"{"Hostname":"h"}"#), (["--entrypoint", "sh"], #"{"Entrypoint":["sh"]}"#),
        (["--read-only", "--ephemeral", "--nested"], #"{"readonly":true,"ephemeral":true,"nested":true}"#),
        (["--tmpfs", "/a:size=1M"], #"{"tmpfs":["/a:size=1M"]}"#),
        (["--device", "/dev/x"], #"{"devices":["/dev/x"]}"#),
        (["--ulimit", "core=0"], #"{"ulimits":["core=0"]}"#), (["--stop-timeout", "3"], #"{"stopTimeout":3}"#),
        (["--memory", "1G", "--cpus", "1.5", "--pids", "9"], #"{"memory":"1G","cpus":1.5,"pids":9}"#),
        (["-v", "a:/b:ro"], #"{"Volumes":{"a:/b:ro":{}}}"#),
    ])
    func saysTheSameInBothPlaces(_ arguments: [String], _ text: String) throws {
        let changed = try options(arguments)
        #expect(try changed == config(text))
        #expect(try changed != config("{}") || arguments == ["--net=none"])
    }

    @Test func letsOptionsWin() throws {
        let changed = try options(
            ["-u", "bob", "-e", "A=2", "--net=none", "--entrypoint", "x", "--memory", "1K", "-p", "5:6"],
            on: #"{"fakeroot":true,"Env":["A=1"],"net":true,"Cmd":["y"],"memory":"2K","pids":3,"ports":["1:2"]}"#)
        #expect(!changed.fakeroot && changed.user == "bob" && changed.environment == ["A=1", "A=2"])
        #expect(changed.network == .none && changed.commandLine([]) == ["x"] && changed.ports.count == 2)
        #expect(changed.groupLimits.memory?.bytes == 1024 && changed.groupLimits.processes?.value == 3)
    }

    /// A key that d-run reads and an image may set must be one of the image format's.
    @Test func readsNoKeyThatAnImageCouldOpenWith() throws {
        let source = try String(
            contentsOfFile: Fixture.project + "Sources/RunCommand/ContainerConfig.swift", encoding: .utf8)
        let keys = Set(source.matches(of: /root\["([a-z]\w*)"\]/).map { String($0.output.1) })
        #expect(keys == ContainerFolder.runKeys)
    }

    @Test func asksSystemdForTheGroup() throws {
        let limits = try options(["--memory", "1K", "--cpus", "0.5", "--pids", "7"]).groupLimits
        #expect(
            limits.words(isRoot: false, helpers: 3).joined(separator: " ")
                == "systemd-run --user --scope --quiet --collect --property MemoryMax=1024 --property MemorySwapMax=0 "
                + "--property Delegate=yes --property CPUQuota=50% --property TasksMax=10 --")
        #expect(limits.files == ["memory.max", "cpu.max", "pids.max"])
        #expect(GroupLimits().words(isRoot: true, helpers: 3).isEmpty)
    }

    @Test func closesWhatPastaOpensByItself() throws {
        let ports = try options(["-p", "1:2", "-p", "0.0.0.0:3:4"]).ports
        #expect(
            Pasta.words(path: "/p", ports: ports, isRoot: false).joined(separator: " ")
                == "/p --quiet --config-net --no-map-gw --dns-forward 169.254.1.1 -t 127.0.0.1/1:2 -t 0.0.0.0/3:4 "
                + "-u none -T none -U none")
    }

    @Test func carriesTheLaunchInArguments() throws {
        var launch = Launch(parent: 7, group: 8)
        launch.descriptors = [.init(from: 1, to: 20)]
        launch.nests = false
        launch.ownsNetwork = true
        launch.pasta = ["/p", "--x=y", "--"]
        launch.overlay = "/a=b\n--"
        launch.limits = [try #require(ResourceLimit(parsing: "core=1:unlimited"))]
        launch.groupFiles = ["memory.max"]
        launch.stop = try #require(StopSignal(parsing: "QUIT"))
        launch.stopTimeout = 3
        launch.words = ["/bwrap", "--", "sh"]
        #expect(Launch(launch.arguments) == launch)
        #expect(Launch(["-n", "box"]) == nil && Launch([Launch.mark, "parent=1"]) == nil)
    }

    @Test func readsFilesOfVariables() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("# comment\n\n  A=b=c # kept\r\nHERE\nQ=\"x\"\n\tE=\n", to: "env")
        #expect(try EnvironmentFile.entries(of: path) == ["A=b=c # kept", "HERE", "Q=\"x\"", "E="])
        for (text, line) in [("=x", 1), ("A=b\nB C=d", 2)] {
            #expect(throws: RunError.badEnvironmentFile(path, reason: "line \(line) has no variable name before '='")) {
                try EnvironmentFile.entries(of: folder.write(text, to: "env"))
            }
        }
        #expect(throws: RunError.self) { try EnvironmentFile.entries(of: folder("none")) }
    }
}
