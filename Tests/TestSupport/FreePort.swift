import Foundation

/// Ports of the loopback that nobody listens on.
public enum FreePort {
    /// A port that was free a moment ago.
    public static func find() throws -> UInt16 {
        let descriptor = try listen()
        defer { close(descriptor.socket) }
        return descriptor.port
    }

    /// Waits until a server that is being started listens on a port of 127.0.0.1.
    public static func waitForListener(on port: UInt16) throws {
        let deadline = Date(timeIntervalSinceNow: 60)
        while Date() < deadline {
            let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            let isOpen = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            if isOpen { return }
            usleep(20_000)
        }
        throw Program.Failure(description: "nobody listens on port \(port)")
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
