import Foundation

/// A real HTTP proxy on a free port of the loopback.
public final class Tinyproxy: Sendable {
    /// Whether the program is installed.
    public static var isAvailable: Bool { Program.exists("tinyproxy") }

    /// `127.0.0.1:port`
    public let address: String
    private let folder: TemporaryFolder
    private let process: pid_t

    /// Starts it and waits until it listens. `credentials` are what it asks for: `user password`.
    public init(credentials: String? = nil) throws {
        folder = try TemporaryFolder()
        let port = try FreePort.find()
        address = "127.0.0.1:\(port)"
        let configuration = try folder.write(
            """
            Port \(port)
            Listen 127.0.0.1
            Timeout 60
            MaxClients 50
            LogFile "\(folder("log"))"
            LogLevel Connect
            \(credentials.map { "BasicAuth \($0)" } ?? "")

            """, to: "tinyproxy.conf")
        let quiet = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(quiet) }
        process = try Program("tinyproxy", "-d", "-c", configuration).start(output: quiet, errors: quiet, input: quiet)
        try FreePort.waitForListener(on: port)
    }

    deinit {
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
    }

    /// What it has written, requests among it: `CONNECT host:port` and `GET http://...`.
    public func log() throws -> String {
        FileManager.default.contents(atPath: folder("log")).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
