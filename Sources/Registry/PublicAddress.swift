import Foundation
import Glibc

/// Tells addresses of the whole internet from those of a machine or a private network.
enum PublicAddress {
    /// IPv4 networks that are not public: first address and bits of the network (RFC 6890, RFC 1112).
    private static let closed: [(UInt32, bits: UInt32)] = [
        (0x0000_0000, 8), (0x0a00_0000, 8), (0x6440_0000, 10), (0x7f00_0000, 8), (0xa9fe_0000, 16), (0xac10_0000, 12),
        (0xc000_0000, 24), (0xc0a8_0000, 16), (0xc612_0000, 15), (0xe000_0000, 3),
    ]

    /// Whether a URL is https and every address of its host is public. The transfer asks for the addresses once more;
    /// who can change them in between is not kept off.
    @Sendable static func has(_ url: URL) -> Bool {
        guard url.scheme?.lowercased() == "https", url.user() == nil, let host = url.host() else { return false }
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let name = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        guard unsafe getaddrinfo(name, nil, &hints, &list) == 0 else { return false }
        defer { unsafe freeaddrinfo(list) }
        var entry = unsafe list
        while let found = unsafe entry {
            let address = unsafe UnsafeRawPointer(found.pointee.ai_addr)
            switch unsafe found.pointee.ai_family {
            case AF_INET:
                let ip = unsafe address?.loadUnaligned(as: sockaddr_in.self).sin_addr.s_addr ?? 0
                guard isPublic(UInt32(bigEndian: ip)) else { return false }
            case AF_INET6:
                let bytes =
                    unsafe address.map { unsafe [UInt8](UnsafeRawBufferPointer(start: $0 + 8, count: 16)) } ?? []
                guard isPublic(bytes) else { return false }
            default: return false
            }
            unsafe entry = found.pointee.ai_next
        }
        return unsafe list != nil
    }

    static func isPublic(_ address: UInt32) -> Bool {
        !closed.contains { network, bits in (address ^ network) >> (32 - bits) == 0 }
    }

    /// IPv6: what is in 2000::/3, without Teredo and 6to4, which lead to IPv4 addresses (RFC 4380, RFC 3056).
    static func isPublic(_ bytes: [UInt8]) -> Bool {
        guard bytes.count == 16, bytes[0] & 0xe0 == 0x20 else { return false }
        return !(bytes[0] == 0x20 && (bytes[1] == 2 || bytes[1] == 1 && bytes[2] == 0 && bytes[3] == 0))
    }
}
