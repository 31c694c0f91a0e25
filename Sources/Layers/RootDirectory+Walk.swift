import Glibc

extension RootDirectory {
    /// As many links as Linux follows in a path.
    private static let linkLimit = 40

    /// Opens a directory component by component, resolving links inside the root: an absolute one starts at the root
    /// again, and `..` of the root is the root. Nil when something is missing and `missing` is nil.
    func walk(_ path: EntryPath, missing: ((EntryPath) -> Void)?) throws(LayerError) -> Directory? {
        // The directories from the root to where the walk is; the last one's descriptor is on top.
        var stack = [Directory(descriptor: descriptor, path: .root)]
        defer { for directory in stack.dropFirst() { close(directory.descriptor) } }
        var pending = Array(path.components.map(Array.init).reversed())
        var links = 0
        while let component = pending.popLast() {
            if component == [UInt8(ascii: ".")] { continue }
            if component == [UInt8(ascii: "."), UInt8(ascii: ".")] {
                if stack.count > 1 { close(stack.removeLast().descriptor) }
                continue
            }
            let here = stack[stack.count - 1]
            let real = here.path.appending(component)
            guard !real.isTooLong else { throw .nameTooLong(real.bytes) }
            if let target = Self.readLink(component, in: here) {
                links += 1
                guard links <= Self.linkLimit else { throw .tooManyLinks("\(path)") }
                if target.first == UInt8(ascii: "/") {
                    for directory in stack.dropFirst() { close(directory.descriptor) }
                    stack.removeSubrange(1...)
                }
                pending += target.split(separator: UInt8(ascii: "/")).map(Array.init).reversed()
                continue
            }
            guard let opened = try openOrMake(component, in: here, real, missing: missing) else { return nil }
            stack.append(Directory(descriptor: opened, path: real))
        }
        guard stack.count > 1 else { return Directory(descriptor: dup(descriptor), path: .root) }
        return stack.removeLast()
    }

    private func openOrMake(
        _ name: [UInt8], in directory: Directory, _ real: EntryPath, missing: ((EntryPath) -> Void)?
    ) throws(LayerError) -> CInt? {
        let opened = unsafe Self.withName(name) { unsafe openat(directory.descriptor, $0, Self.directoryFlags) }
        if opened >= 0 { return opened }
        guard errno == ENOENT || errno == ENOTDIR else { throw .system("open", "\(real)", errno) }
        guard let missing else { return nil }
        if errno == ENOTDIR { try unlink(name, in: directory) }
        _ = try makeDirectory(name, in: directory)
        missing(real)
        let made = unsafe Self.withName(name) { unsafe openat(directory.descriptor, $0, Self.directoryFlags) }
        guard made >= 0 else { throw .system("open", "\(real)", errno) }
        return made
    }

    /// The target of a link; nil when there is none of this name.
    private static func readLink(_ name: [UInt8], in directory: Directory) -> [UInt8]? {
        var target = [CChar](repeating: 0, count: EntryPath.byteLimit)
        let length = unsafe withName(name) { name in
            unsafe readlinkat(directory.descriptor, name, &target, EntryPath.byteLimit)
        }
        return length < 0 ? nil : target.prefix(length).map { UInt8(bitPattern: $0) }
    }
}
