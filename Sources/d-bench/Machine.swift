internal import ContainerImage
import Glibc

/// What the figures were measured on, and when.
struct Machine {
    /// Name and value of each property.
    let properties: [(name: String, value: String)]

    /// This machine, now.
    init() {
        var system = utsname()
        unsafe uname(&system)
        let kernel = unsafe withUnsafeBytes(of: &system.release) {
            unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        let memory = Int(Self.field("MemTotal", of: "/proc/meminfo").split(separator: " ").first ?? "") ?? 0
        properties = [
            ("date", Self.date), ("processor", Self.field("model name", of: "/proc/cpuinfo")),
            ("cores", "\(sysconf(CInt(_SC_NPROCESSORS_ONLN)))"), ("memory", "\((memory + 524_288) >> 20) GiB"),
            ("kernel", kernel), ("load", (TextFile.read("/proc/loadavg") ?? "").prefix { $0 != " " }.description),
        ]
    }

    /// One line.
    var line: String { properties.map { "\($0.name) \($0.value)" }.joined(separator: ", ") + "\n" }

    /// An object of strings.
    var json: JSON { .object(properties.map { .init($0.name, .string($0.value)) }) }

    /// The value of the first line `name : value` of a file.
    private static func field(_ name: String, of path: String) -> String {
        let line = TextFile.read(path)?.split(separator: "\n").first { $0.hasPrefix(name) } ?? ""
        return line.split(separator: ":").last.map { String($0.drop { $0 == " " }) } ?? "unknown"
    }

    private static var date: String {
        var seconds = time(nil)
        var parts = unsafe tm()
        unsafe gmtime_r(&seconds, &parts)
        func two(_ number: CInt) -> String { (number < 10 ? "0" : "") + "\(number)" }
        return unsafe "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    }
}
