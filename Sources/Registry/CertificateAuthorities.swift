import Glibc

/// Lets OpenSSL, underneath URLSession, find the certificates of authorities.
///
/// URLSession has no setting for them. A static program's curl leaves the search to OpenSSL, which reads
/// `SSL_CERT_FILE` and `SSL_CERT_DIR` and otherwise knows only the place that it was built for. A distribution's curl
/// knows its own place and never asks OpenSSL, so the two variables would be ignored.
enum CertificateAuthorities {
    private static let places = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem",
        "/etc/ssl/ca-bundle.pem",
    ]

    private typealias Created =
        @convention(c) (
            UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, CInt, CLong,
            UnsafeMutableRawPointer?
        ) -> Void
    private typealias NewIndex =
        @convention(c) (
            CInt, CLong, UnsafeMutableRawPointer?, Created?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?
        ) -> CInt
    private typealias AddDefaults = @convention(c) (UnsafeMutableRawPointer?) -> CInt

    /// `CRYPTO_EX_INDEX_SSL_CTX`
    private static let contextIndex: CInt = 1

    /// To be called before the first transfer. What the variables name counts beside what the distribution has.
    static func choose() { _ = once }

    private static let once: Void = {
        if unsafe getenv("SSL_CERT_FILE") != nil || getenv("SSL_CERT_DIR") != nil {
            addToEveryContext()
        } else if let place = places.first(where: { unsafe access($0, R_OK) == 0 }) {
            unsafe setenv("SSL_CERT_FILE", place, 0)
        }
    }()

    /// Lets a dynamically linked OpenSSL call back whenever it makes a context, with a data index as its documentation
    /// describes (CRYPTO_get_ex_new_index); a static program has no such symbols to find and needs none.
    private static func addToEveryContext() {
        guard let symbol = unsafe dlsym(nil, "CRYPTO_get_ex_new_index"),
            unsafe dlsym(nil, "SSL_CTX_set_default_verify_paths") != nil
        else { return }
        // SAFETY: the types are those of OpenSSL 1.1 and 3; `Created` is `CRYPTO_EX_new`.
        let newIndex = unsafe unsafeBitCast(symbol, to: NewIndex.self)
        unsafe _ = newIndex(
            contextIndex, 0, nil,
            { context, _, _, _, _, _ in
                guard let symbol = unsafe dlsym(nil, "SSL_CTX_set_default_verify_paths") else { return }
                unsafe _ = unsafeBitCast(symbol, to: AddDefaults.self)(context)
            }, nil, nil)
    }
}
