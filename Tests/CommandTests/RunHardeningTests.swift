import Foundation
import TestSupport
import Testing

/// What a container gets and what stays closed to it, tried from inside. Needs bubblewrap and a static busybox.
@Suite(.enabled(if: RunContainer.isPossible)) struct RunHardeningTests {
    @Test func takesSettingsFromOptions() throws {
        let box = try RunContainer(config: #"{"Entrypoint":["echo"],"Cmd":["cmd"],"Env":["A=1","B=2"]}"#)
        try box.folder.write("A=file\nHERE\n", to: "env")
        let line = "env | sort; pwd; hostname; ulimit -n; grep ' /cache ' /proc/mounts; ls -l /dev/full /dev/fuse"
        let result = try box.command(
            "-e", "B=opt", "-e", "NOTHERE", "--env-file", "env", "-w", "/new/dir", "--hostname", "h2", "--entrypoint",
            "sh", "--ulimit", "nofile=77", "--tmpfs", "/cache:size=64K", "--device", "/dev/full", "box", "-c", line
        ).with(["HERE": "yes", "SECRET": "no"]).run()
        for expected in ["A=file\nB=opt\nHERE=yes\n", "\n/new/dir\nh2\n77\n", "size=64k", "/dev/full"] {
            #expect(result.output.contains(expected), "\(expected): \(result)")
        }
        #expect(!result.output.contains("SECRET") && !result.output.contains("/dev/fuse"), "\(result)")
        #expect(try box.run("--entrypoint", "", "box", "hostname").status == 0)
        #expect(try box.run("box").output == "cmd\n")
        #expect(try box.run("--device", "/etc/passwd", "box").errors.contains("device /etc/passwd: expected"))
        #expect(try box.run("--env-file", "no", "box").errors.contains("environment file no: No such file"))
    }

    @Test func fillsANewVolumeFromTheImage() throws {
        let box = try RunContainer()
        try box.folder.write("from the image\n", to: "box/rootfs/data/in/file")
        symlink("in/file", box.rootfs("/data/link"))
        chmod(box.rootfs("/data/in"), 0o750)
        _ = try Program("chown", "-R", "1000:1000", box.rootfs("/data")).run()
        let options = ["-v", "d:/data", "-v", "e:/empty"]
        #expect(
            try box.shell("cat /data/link; echo changed > /data/in/file; ls /empty", options: options).output
                == "from the image\n")
        #expect(try box.shell("cat /data/link; stat -c %a /data/in", options: options).output == "changed\n750\n")
        #expect(try String(contentsOfFile: box.rootfs("/data/in/file"), encoding: .utf8) == "from the image\n")
        #expect(try FileManager.default.contentsOfDirectory(atPath: box.folder("box/volumes")).sorted() == ["d", "e"])
    }

    @Test func hidesWhatTellsOfTheHost() throws {
        let box = try RunContainer()
        let line = """
            for f in kcore keys latency_stats sched_debug timer_list timer_stats; do cat /proc/$f 2>&- | head -c 9; done
            ls /proc/acpi /proc/asound /proc/scsi 2>&- | grep -v : ; echo x > /proc/sys/kernel/hostname && echo wrote
            unshare -U true 2>&- && echo namespace; mount -t tmpfs x /tmp 2>&- && echo mounted
            mknod /dev/zero2 c 1 5 2>&- && echo device; chroot / true 2>&- && echo chroot; echo end
            """
        #expect(try box.shell(line).output == "end\n")
        #expect(try box.shell("unshare -U true && echo in", options: ["--nested"]).output == "in\n")
        #expect(
            try box.shell("grep CapEff /proc/self/status", options: ["-u", "0"]).output == "CapEff:\t0000000000000000\n"
        )
    }

    /// python3 is the program inside that makes any system call.
    private func python(_ code: String, in box: RunContainer, options: [String] = [], arguments: [String] = []) throws
        -> Program.Result
    {
        try box.folder.write(code, to: "calls.py")
        let mounts = ["/usr", "/lib", "/lib64"].filter { FileManager.default.fileExists(atPath: $0) }
            .flatMap { ["-v", "\($0):\($0):ro"] }
        return try box.command(
            mounts + options + ["-v", "./calls.py:/calls.py", "box", "/usr/bin/python3", "/calls.py"] + arguments
        ).run()
    }

    @Test(.enabled(if: Program.exists("python3"), "needs python3"))
    func refusesPartsOfTheKernel() throws {
        let code = """
            import ctypes, os
            libc = ctypes.CDLL(None, use_errno=True)
            names = "bpf", "keyctl", "perf_event_open", "userfaultfd", "io_uring_setup", "syslog"
            numbers = {"x86_64": (321, 250, 298, 323, 425, 103), "aarch64": (280, 219, 241, 282, 425, 116)}
            for name, number in zip(names, numbers[os.uname().machine]):
                result = libc.syscall(number, 0, 0, 0, 0, 0)
                print(name, result, ctypes.get_errno())
            """
        let result = try python(code, in: RunContainer())
        #expect(result.output.split(separator: "\n").count == 6, "\(result)")
        for line in result.output.split(separator: "\n") { #expect(line.hasSuffix(" -1 1"), "EPERM: \(line)") }
    }

    /// What leads out elsewhere: sockets, processes, descriptors, more rights by a program's mode.
    @Test(.enabled(if: Program.exists("python3"), "needs python3"))
    func reachesNothingOfTheHost() throws {
        let name = "d-utils-test-\(UUID().uuidString)"
        let listener = Program(
            "python3", "-c",
            "import socket, time; s = socket.socket(socket.AF_UNIX); s.bind('\\0' + '\(name)'); s.listen(); time.sleep(60)"
        )
        let quiet = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(quiet) }
        let host = try listener.start(output: quiet, errors: quiet, input: quiet)
        defer {
            kill(host, SIGKILL)
            _ = try? Program.wait(for: host, limit: 10)
        }
        // Foundation reads no more of it than the kernel gives at once.
        func listens() throws -> Bool { try Program("grep", "-q", name, "/proc/net/unix").run().status == 0 }
        for _ in 0..<3000 where try !listens() { usleep(10_000) }
        let isReady = try listens()
        try #require(isReady)
        let code = """
            import ctypes, os, socket, sys
            def attempt(name, action):
                try:
                    print(name, action())
                except OSError as error:
                    print(name, error.strerror)
            libc = ctypes.CDLL(None, use_errno=True)
            attempt("abstract", lambda: socket.socket(socket.AF_UNIX).connect("\\0" + sys.argv[1]))
            attempt("raw", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP))
            attempt("packet", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW))
            attempt("signal", lambda: os.kill(int(sys.argv[2]), 0))
            print("ptrace", libc.ptrace(16, int(sys.argv[2]), 0, 0), os.strerror(ctypes.get_errno()))
            print("descriptors", [d for d in os.listdir("/proc/self/fd") if os.path.exists("/proc/self/fd/" + d)])
            print("processes", len([p for p in os.listdir("/proc") if p.isdigit()]))
            print([line.split()[1] for line in open("/proc/self/status") if line.startswith("NoNewPrivs")])
            """
        let result = try python(code, in: RunContainer(), arguments: [name, "\(host)"])
        #expect(
            result.output == """
                abstract Connection refused
                raw Operation not permitted
                packet Operation not permitted
                signal No such process
                ptrace -1 No such process
                descriptors ['0', '1', '2']
                processes 2
                ['1']

                """, "\(result)")
    }

    @Test func emulatesRoot() throws {
        let box = try RunContainer()
        let line = """
            id -u; id -g; echo x > /f; chown 5:6 /f && chmod 4711 /f && stat -c %a:%u:%g /f; mknod /null c 1 3; ls /null
            mknod /pipe p && echo pipe; chroot / echo root; su -s /bin/sh -c 'echo su' root
            mkdir /own; chown -R 7:8 /own; tar -cf /t.tar -C / f; tar -C /own -xpf /t.tar && cat /own/f
            mount -t tmpfs x /tmp 2>&- || echo no mount; unshare -U true 2>&- || echo no namespace
            """
        let result = try box.shell(line, options: ["-r"])
        let expected = "0\n0\n4711:0:0\npipe\nroot\nsu\nx\nno mount\nno namespace\n"
        #expect(result.output == expected, "\(result)")
        let plain = try box.shell("chown 5:6 /f || echo refused", options: ["-u", "0"])
        #expect(plain.output == "refused\n", "\(plain)")
        let other = try box.shell("id -u; grep CapEff /proc/self/status", options: ["-r", "-u", "bob"])
        #expect(other.output == "1234\nCapEff:\t0000000000000000\n", "\(other)")
    }
}
