import Glibc

/// Debian's docker-registry on a free port of the loopback, with the image of the inputs in it; its data are kept.
final class LoopbackRegistry {
    /// `127.0.0.1:port`
    let address: String
    private let process: pid_t

    /// The repository and tag of the image.
    static let image = "bench:1"

    /// Starts the server on `layout` and copies the image into it where an earlier benchmark has not.
    init(serving layout: String) throws {
        let (data, log) = ("\(layout).registry", "\(layout).log")
        try Program(
            script: """
                printf 'version: 0.1\\nlog: {level: info}\\nhttp: {addr: "127.0.0.1:0"}\\n' >$1.yml
                printf 'storage: {filesystem: {rootdirectory: "%s"}}\\n' $1 >>$1.yml
                """, [data]
        ).run()
        let file = unsafe open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        defer { close(file) }
        process = try Program("docker-registry", "serve", "\(data).yml").start(output: file, errors: file)
        address = try Self.address(from: log)
        try Program(
            script: """
                [ -e $1/complete ] && exit
                skopeo copy -q --dest-tls-verify=false oci:$2:1 docker://$3/\(Self.image)
                touch $1/complete
                """, [data, layout, address]
        ).run()
    }

    deinit {
        kill(process, SIGTERM)
        waitpid(process, nil, 0)
    }

    /// Waits for the line in which the server tells where it listens.
    private static func address(from log: String) throws(BenchError) -> String {
        for _ in 0..<1200 {
            let words = (TextFile.read(log) ?? "").split { " \"\n".contains($0) }
            if let index = words.firstIndex(of: "listening"), index + 2 < words.count {
                return String(words[index + 2])
            }
            usleep(50_000)
        }
        throw .program("docker-registry", "it does not say that it listens; see \(log)")
    }
}
