import Glibc

/// A port of the container that is reached from outside: `[IP:]HOST:CONTAINER[/tcp|/udp]`.
struct PublishedPort: SettingValue, Equatable {
    enum Transport: String { case tcp, udp }

    static let grammar = "[IP:]HOST:CONTAINER[/tcp|/udp] with ports from 1 to 65535, an IPv6 address in brackets"

    /// The host's address, by default its loopback.
    var address = "127.0.0.1"
    let hostPort: UInt16
    let containerPort: UInt16
    var transport = Transport.tcp

    init?(parsing text: String) {
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        if halves.count == 2 {
            guard let transport = Transport(rawValue: String(halves[1])) else { return nil }
            self.transport = transport
        }
        var parts = halves[0].split(separator: ":", omittingEmptySubsequences: false)
        guard halves.count <= 2, parts.count >= 2, let container = UInt16(parts.removeLast()),
            let host = UInt16(parts.removeLast()), container > 0, host > 0
        else { return nil }
        hostPort = host
        containerPort = container
        guard !parts.isEmpty else { return }
        var address = parts.joined(separator: ":")
        let isBracketed = address.hasPrefix("[") && address.hasSuffix("]")
        if isBracketed { address = String(address.dropFirst().dropLast()) }
        var bytes: [UInt8] = Array(repeating: 0, count: 16)
        guard unsafe inet_pton(isBracketed ? AF_INET6 : AF_INET, address, &bytes) == 1 else { return nil }
        self.address = address
    }

    /// As pasta's `-t` and `-u` take it.
    var specification: String { "\(address)/\(hostPort):\(containerPort)" }

    /// Throws `RunError.portRefused` when the port cannot be had now.
    func check() throws {
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_NUMERICHOST
        unsafe hints.ai_socktype = CInt(transport == .tcp ? SOCK_STREAM.rawValue : SOCK_DGRAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(address, String(hostPort), &hints, &list) == 0, let entry = unsafe list?.pointee else {
            throw RunError.portRefused(specification, reason: "no such address")
        }
        defer { unsafe freeaddrinfo(list) }
        let descriptor = unsafe socket(entry.ai_family, hints.ai_socktype | CInt(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var yes: CInt = 1
        if transport == .tcp {
            unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size))
        }
        guard unsafe bind(descriptor, entry.ai_addr, entry.ai_addrlen) == 0,
            transport == .udp || listen(descriptor, 1) == 0
        else {
            throw RunError.portRefused(
                "\(address) port \(hostPort)/\(transport.rawValue)", reason: FileSystem.lastError)
        }
    }
}
