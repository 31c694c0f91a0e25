import Foundation

/// Debian's docker-registry on a free port of the loopback, with its data in a folder of its own.
public final class DockerRegistry: Sendable {
    /// Whether the programs for it are installed.
    public static var isAvailable: Bool { ["docker-registry", "skopeo"].allSatisfy(Program.exists) }

    /// `127.0.0.1:port`
    public let address: String
    /// Where the images lie, for another server.
    public var dataFolder: String { folder("data") }
    private let folder: TemporaryFolder
    private let process: pid_t

    /// Starts the server and waits until it answers.
    public init() throws {
        folder = try TemporaryFolder()
        address = "127.0.0.1:\(try FreePort.find())"
        let configuration = try folder.write(
            """
            version: 0.1
            log: {level: info}
            storage: {filesystem: {rootdirectory: '\(folder("data"))'}}
            http: {addr: '\(address)'}
            """, to: "registry.yml")
        let logFile = open(folder("log"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        let input = open("/dev/null", O_RDONLY | O_CLOEXEC)
        self.process = try Program("docker-registry", "serve", configuration).start(
            output: logFile, errors: logFile, input: input)
        close(logFile)
        close(input)
        for _ in 0..<200 where try log().contains("listening on") == false { usleep(50_000) }
    }

    deinit {
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
    }

    /// Pushes an image of an OCI layout, all its platforms, as `name:tag`.
    public func push(layout: String, tag: String, as name: String) throws {
        let result = try Program(
            "skopeo", "copy", "-q", "--all", "--dest-tls-verify=false", "oci:\(layout):\(tag)",
            "docker://\(address)/\(name)"
        ).run()
        guard result.status == 0 else { throw Program.Failure(description: "skopeo copy: \(result)") }
    }

    /// What the server has written, a line a request among it.
    public func log() throws -> String { try String(contentsOfFile: folder("log"), encoding: .utf8) }

    /// How many requests for blobs it has answered.
    public func blobRequests() throws -> Int {
        try log().split(separator: "\n").count { $0.contains("\"GET /v2/") && $0.contains("/blobs/") }
    }
}
