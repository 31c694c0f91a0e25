import Foundation
import TestSupport
import Testing

/// Signals to d-run, and what stays of a container. Needs bubblewrap and a static busybox.
@Suite(.enabled(if: RunContainer.isPossible)) struct RunLifeTests {
    /// Starts a program and waits until it has made `/ready`.
    private func start(_ box: RunContainer, _ line: String, options: [String] = []) throws -> pid_t {
        let null = open("/dev/null", O_RDWR)
        defer { close(null) }
        let child = try box.command(options + ["box", "sh", "-c", line]).start(output: null, errors: null, input: null)
        try box.waitUntilReady()
        return child
    }

    static let loop = "touch /ready; while :; do sleep 0.05; done"

    @Test(arguments: ["SIGINT", "SIGRTMIN+3", "QUIT", "12"])
    func asksInTheWayOfTheImage(_ signal: String) throws {
        let box = try RunContainer(config: #"{"StopSignal":"\#(signal)"}"#)
        let number = ["SIGINT": "2", "SIGRTMIN+3": "37", "QUIT": "3", "12": "12"][signal] ?? ""
        let child = try start(box, "trap 'exit 4' TERM; trap 'exit 5' \(number); \(Self.loop)")
        kill(child, SIGTERM)
        #expect(try Program.wait(for: child, limit: 60) == 5)
    }

    @Test func handsOtherSignalsOn() throws {
        let box = try RunContainer()
        let child = try start(box, "trap 'touch /hup' HUP; trap 'touch /usr1' USR1; trap 'exit 6' USR2; \(Self.loop)")
        kill(child, SIGHUP)
        try box.wait(for: "/hup")
        kill(child, SIGUSR1)
        try box.wait(for: "/usr1")
        kill(child, SIGUSR2)
        #expect(try Program.wait(for: child, limit: 60) == 6)
    }

    /// A request is heard however early it comes: before the container is there, it ends d-run or kills what is there.
    @Test func hearsARequestWhileItStarts() throws {
        let box = try RunContainer()
        let null = open("/dev/null", O_RDWR)
        defer { close(null) }
        for delay in 0..<40 as Range<UInt32> {
            let child = try box.command("box", "sleep", "1000").start(output: null, errors: null, input: null)
            usleep(delay * 1000)
            kill(child, SIGTERM)
            let status = try Program.wait(for: child, limit: 60)
            #expect([143, 137].contains(status), "\(delay) ms")
        }
    }

    @Test func killsAtTheSecondRequest() throws {
        let box = try RunContainer()
        let child = try start(box, "trap 'touch /first' TERM; \(Self.loop)", options: ["--stop-timeout", "10000"])
        kill(child, SIGTERM)
        try box.wait(for: "/first")
        kill(child, SIGTERM)
        #expect(try Program.wait(for: child, limit: 60) == 137)
    }

    @Test func killsWhatDoesNotStop() throws {
        let box = try RunContainer()
        let child = try start(box, "trap '' TERM; \(Self.loop)", options: ["--stop-timeout", "1"])
        kill(child, SIGTERM)
        #expect(try Program.wait(for: child, limit: 60) == 137)
    }

    @Test func reapsZombies() throws {
        let box = try RunContainer()
        let line = "(sh -c 'sh -c : & exec sleep 0.2' &) ; sleep 1; ps -o stat | grep -c Z"
        #expect(try box.shell(line).output == "0\n")
    }

    @Test(arguments: [
        (#"{"StopSignal":"SIGNO"}"#, "StopSignal: 'SIGNO': expected the name"), (#"{"ports":["x"]}"#, "ports[0]: 'x'"),
        (#"{"tmpfs":[7]}"#, "tmpfs[0]: '7'"), (#"{"cpus":0}"#, "cpus: '0': expected"),
        (#"{"ulimits":[null]}"#, "ulimits[0] is missing"), (#"{"ephemeral":1}"#, "ephemeral: found a number"),
    ])
    func namesTheKey(_ config: String, error: String) throws {
        let result = try RunContainer(config: config).run("box", "true")
        #expect(result.status == 125 && result.errors.contains(error), "\(result)")
    }

    @Test(arguments: [["--memory", "64M"], ["--cpus", "1"], ["--pids", "10"]])
    func neverForgetsALimit(_ options: [String]) throws {
        let box = try RunContainer()
        let result = try box.command(options + ["box", "touch", "/ran"]).with(["XDG_RUNTIME_DIR": "/nowhere"]).run()
        #expect(result.status == 125 && result.errors.contains("need systemd-run"), "\(result)")
        #expect(!FileManager.default.fileExists(atPath: box.rootfs("/ran")))
    }
}
