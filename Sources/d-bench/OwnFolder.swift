import Glibc

/// The folder that this program and the commands were built into.
enum OwnFolder {
    static let path = {
        var target = [CChar](repeating: 0, count: 4096)
        let length = unsafe readlink("/proc/self/exe", &target, target.count)
        let program = String(decoding: target.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return String(program.prefix(upTo: program.lastIndex(of: "/") ?? program.startIndex))
    }()
}
