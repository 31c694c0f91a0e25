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

    @Test func tellsOfAnotherSizeOfTheTerminal() throws {
        let line = "trap 'stty size; exit 3' WINCH; stty size; tty -s && echo ready; while :; do sleep 0.1; done"
        var program = Commands.program("d-run")
        program.arguments += ["--ephemeral", folder("deb"), "bash", "-c", line]
        let terminal = try PseudoTerminal(program.asOrdinaryUser)
        try terminal.expect("ready")
        terminal.resize(rows: 30, columns: 99)
        try terminal.expect("30 99")
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

    /// The README's recipe with Debian's PostgreSQL, which is started as the entrypoint of docker's image starts it for an
    /// ordinary user. Its port is reached from outside, and a second run finds the data of the first.
    @Test(
        .enabled(
            if: DebianPackages.areReachable && HostNetwork.isPossible,
            "needs apt-get update to work on this machine, a Debian 12, root, pasta (passt) and /dev/net/tun"))
    func runsTheDatabaseOfTheRecipe() throws {
        try DebianPackages.configure(folder("deb/rootfs"))
        var options = ["-n", "-r", "-e", "DEBIAN_FRONTEND=noninteractive"]
        for name in ["http_proxy", "https_proxy", "no_proxy"] { options += ["-e", name] }
        let installed = try run(
            options,
            "{ apt-get update -qq && apt-get install -qq -y --no-install-recommends postgresql-15; } > /tmp/log 2>&1 || cat /tmp/log"
        )
        try #require(installed.output.isEmpty && installed.status == 0, "\(installed)")
        let entrypoint = """
            #!/bin/bash
            set -e; PATH=$PATH:/usr/lib/postgresql/15/bin; export PGDATA=/var/lib/postgresql/data; chmod 700 $PGDATA
            [ -s $PGDATA/PG_VERSION ] || {
                initdb -U postgres --pwfile=<(echo "$POSTGRES_PASSWORD") --auth=scram-sha-256 > /tmp/log
                echo 'host all all all scram-sha-256' >> $PGDATA/pg_hba.conf
            }
            exec "$@" -c listen_addresses='*'

            """
        try folder.write(entrypoint, to: "deb/rootfs/usr/local/bin/docker-entrypoint.sh")
        chmod(folder("deb/rootfs/usr/local/bin/docker-entrypoint.sh"), 0o755)
        try folder.write(
            #"{"Entrypoint":["/usr/local/bin/docker-entrypoint.sh"],"Cmd":["postgres"],"StopSignal":"SIGINT"}"#,
            to: "deb/config.json")
        let readme = try String(contentsOfFile: Fixture.project + "README.md", encoding: .utf8)
        let recipe = try #require(readme.split(separator: "\n").first { $0.hasPrefix("d-run -u postgres ") })
        // psql runs inside; from outside a request for TLS is answered by one letter.
        let script =
            HostNetwork.preparation + """
                cd "$0"; mv deb postgres; user="setpriv --reuid 1000 --regid 1000 --clear-groups --inh-caps=-all"
                sql() { $user d-exec postgres sh -c 'PGPASSWORD=$POSTGRES_PASSWORD psql -qh 127.0.0.1 -U postgres -Atc "$0"' "$1"; }
                for run in 1 2; do
                    POSTGRES_PASSWORD=secret $user \(recipe) 2> log & run=$!
                    for i in {1..600}; do sql 'select current_user' 2>&- && break; sleep 0.1; done
                    sql 'create table if not exists t (a int); insert into t values (7); select count(*) from t' 2>&-
                    exec 3<>/dev/tcp/127.0.0.1/5432; printf '\\0\\0\\0\\10\\4\\322\\26\\57' >&3; head -c 1 <&3 | tr SN yy; echo
                    kill $run; wait $run; echo status $?; grep -o 'database system is shut down' log
                done
                """
        var program = Program(
            "unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "bash", "-c", script,
            folder.path)
        program.environment["PATH"] = "\(Commands.folder):/usr/sbin:/usr/bin:/sbin:/bin"
        let result = try program.run()
        let end = "status 0\ndatabase system is shut down\n"
        #expect(result.output == "postgres\n1\ny\n\(end)postgres\n2\ny\n\(end)", "\(result)")
        #expect(FileManager.default.fileExists(atPath: folder("postgres/volumes/data/PG_VERSION")))
    }
}
