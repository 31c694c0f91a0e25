import Foundation

/// A certificate authority of a test's own, made by openssl.
public struct CertificateAuthority {
    /// A certificate and its key, as files.
    public struct Identity: Sendable {
        /// The certificate.
        public let certificate: String
        /// Its private key.
        public let key: String
    }

    private let folder: TemporaryFolder

    /// Makes the authority.
    public init() throws {
        folder = try TemporaryFolder()
        try Self.openssl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=d-utils-test-authority",
            "-keyout", folder("authority.key"), "-out", certificate)
    }

    /// The file with the authority's own certificate.
    public var certificate: String { folder("authority.pem") }

    /// A folder with the certificate, as `SSL_CERT_DIR` takes it.
    public func certificateFolder() throws -> String {
        let hash = try Self.openssl("x509 -noout -hash -in", certificate).trimmingCharacters(
            in: .whitespacesAndNewlines)
        try FileManager.default.createDirectory(atPath: folder("hashed"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: certificate, toPath: folder("hashed/\(hash).0"))
        return folder("hashed")
    }

    /// A server's certificate for `names`, such as `IP:127.0.0.1`; one with less than no days has expired.
    public func identity(for names: String = "IP:127.0.0.1,DNS:localhost", days: Int = 2) throws -> Identity {
        let name = "server-\(UUID().uuidString.prefix(8))"
        let identity = Identity(certificate: folder("\(name).pem"), key: folder("\(name).key"))
        let request = folder("\(name).csr")
        let extensions = try folder.write("subjectAltName=\(names)\n", to: "\(name).ext")
        try Self.openssl(
            "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=d-utils-test", "-keyout", identity.key,
            "-out", request)
        try Self.openssl(
            "x509 -req -CAcreateserial -days \(days) -CA", certificate, "-CAkey", folder("authority.key"), "-in",
            request, "-out", identity.certificate, "-extfile", extensions)
        return identity
    }

    @discardableResult
    private static func openssl(_ words: String, _ more: String...) throws -> String {
        let result = try Program(["openssl"] + words.split(separator: " ").map(String.init) + more).run()
        guard result.status == 0 else { throw Program.Failure(description: "openssl \(words): \(result)") }
        return result.output
    }
}
