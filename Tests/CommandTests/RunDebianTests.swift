import Foundation
import TestSupport
import Testing

/// A real Debian in d-run as an ordinary user. Its packages come from where this machine's own come from.
@Suite(
    .enabled(
        if: RunContainer.isPossible && DebianImage.isAvailable, "needs bubblewrap, busybox-static and a Debian image"))
struct RunDebianTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let layout = try DebianImage.layout()
        _ = try Program("chmod", "-R", "a+rX", layout).run()
        var pull = Commands.program("d-pull", "--no-cache", "-q", "oci:\(layout):12", folder("deb")).asOrdinaryUser
        pull.environment["XDG_CACHE_HOME"] = folder("cache")
        let result = try pull.run()
        try #require(result.status == 0, "\(result)")
    }

    private func run(_ options: [String], _ line: String) throws -> Program.Result {
        var program = Commands.program("d-run")
        program.arguments += options + [folder("deb"), "sh", "-c", line]
        return try program.asOrdinaryUser.run()
    }

    @Test func hasAFullScreenProgramAndResizes() throws {
        var program = Commands.program("d-run")
        program.arguments += ["--ephemeral", folder("deb"), "bash", "-i"]
        program.environment["TERM"] = "xterm"
        let terminal = try PseudoTerminal(program.asOrdinaryUser)
        terminal.resize(rows: 40, columns: 101)
        terminal.type("PS1=in''side'> '\n")
        try terminal.expect("inside> ")
        terminal.type("stty size; echo $TERM\n")
        try terminal.expect("40 101")
        try terminal.expect("xterm")
        terminal.type("trap 'echo si''ze $(stty size)' WINCH; echo rea''dy; while [ ! -e /stop ]; do sleep 0.1; done\n")
        try terminal.expect("ready")
        terminal.resize(rows: 30, columns: 99)
        try terminal.expect("size 30 99")
        terminal.type("\u{3}")
        terminal.type("more -d /etc/debconf.conf\n")
        try terminal.expect("Press space to continue")
        terminal.type("q")
        terminal.type("exit 3\nexit 3\n")
        #expect(try terminal.wait() == 3, "\(terminal.transcript)")
    }

    /// Packages that make users, change owners, run as others and bring a service.
    @Test(.enabled(if: DebianPackages.areReachable, "needs apt-get update to work on this machine, a Debian 12"))
    func installsPackages() throws {
        try DebianPackages.configure(folder("deb/rootfs"))
        let before = try TreeListing.lines(of: folder("deb/rootfs"))
        var options = ["-n", "-r", "-e", "DEBIAN_FRONTEND=noninteractive"]
        for name in ["http_proxy", "https_proxy", "no_proxy"] { options += ["-e", name] }
        let install = """
            set -e; apt-get update -qq; cd /tmp; apt-get install -qq -y --no-install-recommends cron sudo > log 2>&1 || { cat log; exit 9; }
            dpkg -s cron sudo | grep -c '^Status: install ok installed'
            """
        let throwAway = try run(options + ["--ephemeral"], install)
        #expect(throwAway.output == "2\n" && throwAway.status == 0, "\(throwAway)")
        #expect(try TreeListing.lines(of: folder("deb/rootfs")) == before, "the rootfs is as it was")
        let result = try run(
            options,
            install + """
                ; apt-get download -qq cron; dpkg -i cron_*.deb > log 2>&1 || { cat log; exit 9; }
                adduser --quiet --disabled-password --gecos '' bob; id -un bob; : > /f; chown bob:crontab /f; chown -R 7:7 /home/bob
                mkdir t; : > t/f; tar -cf t.tar --owner=77 --group=88 t; rm -r t; tar -xpf t.tar; ls t; dpkg --audit; echo done
                """)
        #expect(result.output == "2\nbob\nf\ndone\n" && result.status == 0, "\(result)")
    }
}
