import Foundation

/// Ports of the loopback that nobody listens on.
public enum FreePort {
    /// A port that was free a moment ago.
    public static func find() throws -> UInt16 {
        let descriptor = try listen()
        defer { close(descriptor.socket) }
        return descriptor.port
    }

    /// A socket that listens on a free port of 127.0.0.1.
    public static func listen() throws -> (socket: CInt, port: UInt16) {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && Glibc.listen(descriptor, 64) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isBound else { throw Program.Failure(description: "no free port") }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }
}
