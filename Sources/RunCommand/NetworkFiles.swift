import Glibc

/// `/etc/resolv.conf` and `/etc/hosts` of a container in a private network, made new: what the image brings may be a link
/// to nowhere, and the host's resolver may listen on a loopback that the container does not reach.
struct NetworkFiles {
    static let sizeLimit = 1 << 20

    let resolver: [UInt8]
    let hosts: [UInt8]

    init(hostname: String?) {
        let text = FileSystem.realPath("/etc/resolv.conf")
            .flatMap { FileSystem.contents(of: $0, sizeLimit: Self.sizeLimit) }
        // Where names are searched, and how, stays as on the host.
        let kept = String(decoding: text ?? [], as: UTF8.self).split(separator: "\n").filter {
            $0.hasPrefix("search ") || $0.hasPrefix("options ") || $0.hasPrefix("domain ")
        }
        resolver = Array("nameserver \(Pasta.resolver)\n\(kept.map { "\($0)\n" }.joined())".utf8)
        hosts = Array("127.0.0.1 localhost\n::1 localhost\n127.0.1.1 \(hostname ?? Self.hostname)\n".utf8)
    }

    private static var hostname: String {
        var name = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&name, 255) == 0 else { return "container" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
