import Glibc

extension Benchmark {
    /// What is printed above the tables.
    static var legend: String {
        var usage = rusage()
        unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return """
            Contenders run in turn, each as a whole process; medians of \(Race.roundCount) rounds. A ratio is what a contender
            takes divided by what d-utils takes: above 1, d-utils is ahead. Peaks below \(usage.ru_maxrss / 1000) MB cannot be seen.

            """
    }

    /// The races of a section that write nothing; their inputs are made.
    func codecRaces(of section: BenchOptions.Section) throws -> [Race] {
        switch section {
        case .inflate:
            let input = try inputs.gzipped()
            return [
                Race(
                    title: "inflate: usr.tar.gz to /dev/null",
                    contenders: [.init("d-utils") { _ in Piece.program("decompress", input) }]
                        + ["libdeflate-gunzip", "igzip", "gzip"].map { name in
                            .init(name, needs: [name]) { _ in Program(name, "-dc", input) }
                        })
            ]
        case .zstd:
            let input = try inputs.zstandard()
            return [
                Race(
                    title: "zstd: usr.tar.zst to /dev/null",
                    contenders: [
                        .init("d-utils") { _ in Piece.program("decompress", input) },
                        .init("zstd", needs: ["zstd"]) { _ in Program("zstd", "-dcq", "--no-progress", input) },
                    ])
            ]
        case .sha256:
            let input = try inputs.big()
            return [
                Race(
                    title: "sha256: big.tar",
                    contenders: [
                        .init("d-utils") { _ in Piece.program("sha256", input) },
                        .init("openssl", needs: ["openssl"]) { _ in Program("openssl", "dgst", "-sha256", input) },
                    ])
            ]
        case .start: return [try start()]
        case .tar, .pull: return []
        }
    }

    /// The races of a section that write into `folders`.
    func fileRaces(of section: BenchOptions.Section, in folders: RunFolders) throws -> [Race] {
        switch section {
        case .inflate, .zstd, .sha256, .start: return []
        case .tar:
            return try [inputs.usr(), inputs.small(), inputs.big()].map { untar($0, in: folders) } + [
                unpack(in: folders)
            ]
        case .pull: return [try pull(in: folders)]
        }
    }

    private func untar(_ input: String, in folders: RunFolders) -> Race {
        let name = input.split(separator: "/").last ?? ""
        return Race(
            title: "tar: \(name) to \(folders.name)",
            contenders: [.init("d-utils") { Piece.program("untar", input, $0) }] + tars("-xpf", input),
            folders: folders)
    }

    /// The unpacking of a layer with both its digests verified, against what verifies nothing.
    private func unpack(in folders: RunFolders) throws -> Race {
        let input = try inputs.gzipped()
        let (blob, diffID) = try (inputs.digest(of: input), inputs.digest(of: inputs.usr()))
        return Race(
            title: "unpack: usr.tar.gz to \(folders.name), verified by d-utils alone",
            contenders: [.init("d-utils") { Piece.program("layer", input, blob, diffID, $0) }] + tars("-xzpf", input),
            folders: folders)
    }

    private func tars(_ mode: String, _ input: String) -> [Race.Contender] {
        [("GNU tar", "tar"), ("bsdtar", "bsdtar")].map { name, program in
            .init(name, needs: [program]) { Program(program, mode, input, "--no-same-owner", "-C", $0) }
        }
    }

    /// What cannot be prepared; nil if these programs are there.
    private func absent(_ title: String, needs programs: [String]) -> Race? {
        let missing = programs.filter { !Program.exists($0) }
        guard !missing.isEmpty else { return nil }
        return Race(title: title, contenders: [.init("d-utils", needs: missing) { _ in Program("false") }])
    }

    /// `swift run` has built this program alone.
    private func build(_ product: String) throws {
        let package = "\(OwnFolder.path)/../../.."
        try Program("swift", "build", "-c", "release", "--package-path", package, "--product", product).run()
    }

    /// The start of a container against bwrap with the options that d-run gives it; by the static binary, if
    /// `.release/build` has made one.
    private func start() throws -> Race {
        let installed = "\(OwnFolder.path)/../../static/root/bin/d-run"
        let isStatic = unsafe access(installed, X_OK) == 0
        let title = "start: \(isStatic ? "static" : "dynamic") d-run DIR /bin/true, a hundred times"
        if let race = absent(title, needs: ["bwrap", "busybox"]) { return race }
        if !isStatic { try build("d-run") }
        let program = isStatic ? installed : "\(OwnFolder.path)/d-run"
        let container = try inputs.container()
        try Program(
            script: #"""
                line=$("$1" --dry-run "$2" /bin/true)
                eval "cat ${line##* 20< }" >"$2.filter"
                command=${line%% 20< *}
                printf '%s 20<%q' "${command#env -i }" "$2.filter" >"$2.bwrap"
                """#, [program, container]
        ).run()
        func hundredTimes(_ command: String) -> (String) -> Program {
            let script = "command=$(cat \"$2.bwrap\"); for _ in {1..100}; do \(command); done"
            let words = Program(script: script, [program, container]).words
            return { _ in Piece.program("whole", words) }
        }
        return Race(
            title: title,
            contenders: [
                .init("d-utils", hundredTimes(#""$1" "$2" /bin/true"#)),
                .init("bwrap", hundredTimes(#"eval "$command""#)),
            ])
    }

    private func pull(in folders: RunFolders) throws -> Race {
        let title = "pull: 8 layers from a loopback registry to \(folders.name)"
        if let race = absent(title, needs: ["docker-registry", "skopeo"]) { return race }
        try build("d-pull")
        let registry = try LoopbackRegistry(serving: try inputs.image())
        func script(_ script: String) -> (String) -> Program {
            { Program(script: script, [$0, registry.address, LoopbackRegistry.image]) }
        }
        return Race(
            title: title,
            contenders: [
                .init("d-utils") { folder in
                    Program(
                        "env", "XDG_CACHE_HOME=\(folder)/cache", "\(OwnFolder.path)/d-pull", "-q",
                        "\(registry.address)/\(LoopbackRegistry.image)", "\(folder)/container")
                },
                .init(
                    "curl | tar -xz", needs: ["curl", "tar"],
                    script(
                        """
                        url=http://$2/v2/${3%:*}
                        curl -sfH 'Accept: application/vnd.oci.image.manifest.v1+json' $url/manifests/${3#*:} |
                            grep -o 'sha256:[0-9a-f]*' | tail -n +2 | while read -r digest; do
                                curl -sf $url/blobs/$digest | tar -xzp --no-same-owner -C $1
                            done
                        """)),
                .init(
                    "skopeo + umoci", needs: ["skopeo", "umoci"],
                    script(
                        """
                        skopeo copy -q --src-tls-verify=false docker://$2/$3 oci:$1/layout:1
                        umoci unpack --rootless --image $1/layout:1 $1/bundle
                        """)),
                .init(
                    "podman", needs: ["podman"],
                    script("podman --root $1/storage --runroot $1/run pull -q --tls-verify=false docker://$2/$3")),
            ],
            folders: folders)
    }
}
