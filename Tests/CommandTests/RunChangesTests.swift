import Foundation
import TestSupport
import Testing

/// Runs that leave the rootfs as it is, and the lock of a run. Needs bubblewrap and a static busybox.
@Suite(.enabled(if: RunContainer.isPossible)) struct RunChangesTests {
    @Test func forgetsChanges() throws {
        let box = try RunContainer()
        try box.folder.write("old\n", to: "box/rootfs/srv/a,b:c/file")
        _ = try Program("chown", "-R", "1000:1000", box.rootfs("/srv")).run()
        // What is mounted over has to be there; then nothing at all may change.
        #expect(try box.shell("mkdir -p /kept", options: ["-v", "v:/kept"]).status == 0)
        let before = try TreeListing.lines(of: box.rootfs(""))
        let line = """
            echo new > /srv/a,b:c/file; echo more >> /etc/passwd; rm /bin/vi; mv /srv /moved; mkdir /srv; chmod 700 /etc
            ln /bin/busybox /hard; cat /moved/a,b:c/file; ls /srv; ls /bin/vi 2>&1; echo kept > /kept/file
            """
        for options in [["--ephemeral"], ["--ephemeral", "-r"]] {
            let result = try box.shell(line, options: options + ["-v", "v:/kept"])
            #expect(result.output == "new\nls: /bin/vi: No such file or directory\n" && result.status == 0, "\(result)")
            #expect(try TreeListing.lines(of: box.rootfs("")) == before)
        }
        #expect(try String(contentsOfFile: box.folder("box/volumes/v/file"), encoding: .utf8) == "kept\n")
        let printed = try box.run("--dry-run", "--ephemeral", "-v", "v:/kept", "box", "sh", "-c", line)
        let pasted = try Program("bash", "-c", printed.output).asOrdinaryUser.run()
        #expect(pasted.output == "new\nls: /bin/vi: No such file or directory\n", "\(pasted)")
        #expect(try TreeListing.lines(of: box.rootfs("")) == before)
    }

    @Test func runsManyAtOnce() throws {
        let box = try RunContainer()
        let line = "echo $0 > /same; until [ $(ls /meet | wc -l) = 4 ]; do : > /meet/$0; sleep 0.1; done; cat /same"
        let program = box.command("--ephemeral", "-v", "meet:/meet", "box", "sh", "-c", line)
        // Through a pipe: busybox's cat uses sendfile, which does not share a file's position with others.
        let all = "{ for i in 1 2 3 4; do \"$@\" $i & done; wait; } | cat"
        let result = try Program(["sh", "-c", all, "sh"] + program.arguments).run()
        #expect(result.output.split(separator: "\n").sorted() == ["1", "2", "3", "4"], "\(result)")
        #expect(!FileManager.default.fileExists(atPath: box.rootfs("/same")))
    }

    @Test func leavesMemoryAndVolumesWritable() throws {
        let box = try RunContainer(config: #"{"readonly":true}"#)
        let line = "touch /x || echo closed; for f in /tmp /run /v /t; do touch $f/x && echo $f; done"
        let result = try box.shell(line, options: ["-v", "v:/v", "--tmpfs", "/t"])
        #expect(result.output == "closed\n/tmp\n/run\n/v\n/t\n", "\(result)")
    }

    /// Whoever wants to change the container asks for the lock alone.
    @Test(.enabled(if: Program.exists("flock"), "needs flock of util-linux"))
    func holdsTheLockWhileItRuns() throws {
        let box = try RunContainer()
        let lock = box.folder("box/run.lock")
        let alone = ["flock", "--exclusive", "--nonblock", "--conflict-exit-code", "9", lock, "true"]
        let inside = try box.shell("cat /lock", options: ["-v", "./box/run.lock:/lock:ro"])
        #expect(inside.status == 125, "no run, no lock yet: \(inside)")
        let script = """
            "$@" sh -c 'touch /ready; while [ ! -e /stop ]; do sleep 0.1; done' & while [ ! -e box/rootfs/ready ]; do sleep 0.1; done
            "$@" true; flock -xn -E 9 box/run.lock true; echo held $?; cat box/run.lock | wc -l; touch box/rootfs/stop; wait
            flock -xn -E 9 box/run.lock true; echo free $?; "$@" true; wc -l < box/run.lock
            seq 100000 100200 > box/run.lock; "$@" true; wc -l < box/run.lock; stat -c %a box/run.lock
            flock -x box/run.lock "$@" touch /ran; echo busy $?
            """
        var program = Program(["sh", "-c", script, "sh", Commands.program("d-run").arguments[0], "box"])
        program = program.inFolder(box.folder.path).asOrdinaryUser
        let result = try program.run()
        #expect(result.output == "held 9\n2\nfree 0\n3\n1\n644\nbusy 125\n", "\(result)")
        #expect(result.errors.contains("is being changed by another program"), "\(result)")
        #expect(try Program(alone).run().status == 0)
    }
}
