import Foundation

/// Debian's docker-registry on a free port of the loopback, with its data in a folder of its own.
public final class DockerRegistry: Sendable {
    /// Whether the programs for it are installed.
    public static var isAvailable: Bool { ["docker-registry", "skopeo"].allSatisfy(Program.exists) }

    /// `127.0.0.1:port`
    public let address: String
    /// `user:password` that pushes use.
    private let credentials: String?
    private let folder: TemporaryFolder
    private let process: pid_t

    /// Bob's password.
    public static let password = "s3cr:et"
    /// What `htpasswd -nbB -C 4 bob s3cr:et` prints.
    private static let htpasswd = "bob:$2y$04$jJLVk9CuMpmILr6jCdYR1e/kBZ/xoBH1YjrfV5bslH6kywyFot.qO\n"

    /// How a registry asks for credentials.
    public enum Authentication: Sendable {
        /// Not at all.
        case none
        /// Basic: the user `bob` with `password`.
        case password
        /// By tokens that the server at `realm` signs, whose certificate is in a file; pushes use the credentials.
        case token(realm: String, certificate: String, credentials: String)
    }

    /// Starts the server and waits until it answers; with an identity, it speaks https.
    public init(_ authentication: Authentication = .none, identity: CertificateAuthority.Identity? = nil) throws {
        folder = try TemporaryFolder()
        address = "127.0.0.1:\(try FreePort.find())"
        let auth: String
        switch authentication {
        case .none: (auth, credentials) = ("", nil)
        case .password:
            let file = try folder.write(Self.htpasswd, to: "htpasswd")
            (auth, credentials) = ("auth: {htpasswd: {realm: test, path: '\(file)'}}", "bob:\(Self.password)")
        case .token(let realm, let certificate, let user):
            let token = "{realm: '\(realm)', service: test, issuer: test, rootcertbundle: '\(certificate)'}"
            (auth, credentials) = ("auth: {token: \(token)}", user)
        }
        let tls = identity.map { ", tls: {certificate: '\($0.certificate)', key: '\($0.key)'}" } ?? ""
        let configuration = try folder.write(
            """
            version: 0.1
            log: {level: info}
            storage: {filesystem: {rootdirectory: '\(folder("data"))'}}
            http: {addr: '\(address)'\(tls)}
            \(auth)
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
            ["skopeo", "copy", "-q", "--all", "--dest-tls-verify=false"]
                + (credentials.map { ["--dest-creds", $0] } ?? []) + [
                    "oci:\(layout):\(tag)", "docker://\(address)/\(name)",
                ]
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
