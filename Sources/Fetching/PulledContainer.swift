public import ContainerImage
import Foundation
import Glibc

/// A container's folder, as d-pull made it and people have changed it since.
public struct PulledContainer {
    /// What is wrong with a folder.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// What happened to a rootfs since the pull.
    public struct Changes {
        /// Paths below the rootfs that were changed, in the order they were found.
        public internal(set) var paths: [String] = []
        /// The bytes of all files, those with several names counted once.
        public internal(set) var size: Int64 = 0
    }

    private static let sizeLimit = 4 << 20

    /// The absolute path, without links.
    public let path: String
    /// What it was made from.
    public let origin: ImageOrigin
    /// The configuration as the image brought it.
    public let imageConfig: JSON
    /// The configuration as it is now.
    public let config: JSON

    /// Whether a folder is meant, for a command that takes a REF as well: there is one, or no REF begins like this.
    public static func isMeant(by operand: String) -> Bool {
        if ["/", "./", "../"].contains(where: operand.hasPrefix) { return true }
        return unsafe access("\(operand)/\(ContainerFolder.image)", F_OK) == 0
            && access("\(operand)/\(ContainerFolder.rootfs)", F_OK) == 0
    }

    /// Reads a container's files. Throws what is missing or malformed.
    public init(at folder: String) throws {
        guard let resolved = unsafe realpath(folder, nil) else {
            throw Failure(description: "'\(folder)': \(unsafe String(cString: strerror(errno)))")
        }
        defer { unsafe free(resolved) }
        path = unsafe String(cString: resolved)
        guard unsafe access("\(path)/\(ContainerFolder.image)", F_OK) == 0 else {
            throw Failure(
                description: "'\(folder)' is no container that d-pull made: it has no \(ContainerFolder.image)")
        }
        let image = try Self.text("\(path)/\(ContainerFolder.image)")
        guard let origin = ImageOrigin(parsing: String(decoding: image, as: UTF8.self)) else {
            throw Failure(description: "'\(path)/\(ContainerFolder.image)' does not tell where the container came from")
        }
        self.origin = origin
        imageConfig = try Self.json("\(path)/\(ContainerFolder.imageConfig)")
        config = try Self.json("\(path)/\(ContainerFolder.config)")
    }

    /// The permissions of `config.json`.
    public var configMode: UInt32? {
        var status = stat()
        return unsafe stat("\(path)/\(ContainerFolder.config)", &status) == 0 ? status.st_mode & 0o7777 : nil
    }

    /// The keys of the configuration that are not what the image brought, with those that are gone.
    public var changedKeys: [String] {
        guard case .object(let old) = imageConfig, case .object(let new) = config else {
            return imageConfig == config ? [] : ["all of it"]
        }
        return Set((old + new).map(\.key)).filter { imageConfig[$0] != config[$0] }.sorted()
    }

    /// Walks through the rootfs. A path counts as changed when it was modified after `image.txt` was written: what an
    /// image brings has the times of the image, and whoever adds or removes a file changes its folder. A copy that keeps
    /// times shows the same.
    public func changes() -> Changes {
        var changes = Changes()
        var written = stat()
        guard unsafe stat("\(path)/\(ContainerFolder.image)", &written) == 0 else { return changes }
        var linked: Set<ino_t> = []
        func note(_ status: stat, _ name: [UInt8]) {
            let isFirst = status.st_nlink == 1 || linked.insert(status.st_ino).inserted
            if status.st_mode & S_IFMT == S_IFREG, isFirst { changes.size += Int64(status.st_size) }
            let (time, limit) = (status.st_mtim, written.st_mtim)
            guard (time.tv_sec, time.tv_nsec) > (limit.tv_sec, limit.tv_nsec) else { return }
            changes.paths.append(name.isEmpty ? "." : String(decoding: name, as: UTF8.self))
        }
        let root = Array("\(path)/\(ContainerFolder.rootfs)".utf8)
        var status = stat()
        if unsafe lstat("\(path)/\(ContainerFolder.rootfs)", &status) == 0 { note(status, []) }
        var folders: [[UInt8]] = [[]]
        while let folder = folders.popLast() {
            let name = (root + [UInt8(ascii: "/")] + folder + [0]).map { CChar(bitPattern: $0) }
            guard let stream = unsafe opendir(name) else { continue }
            defer { unsafe closedir(stream) }
            while let entry = unsafe readdir(stream) {
                let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
                let cName = (name + [0]).map { CChar(bitPattern: $0) }
                if name == [UInt8(ascii: ".")] || name == [UInt8(ascii: "."), UInt8(ascii: ".")] { continue }
                guard unsafe fstatat(dirfd(stream), cName, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
                let inner = folder.isEmpty ? name : folder + [UInt8(ascii: "/")] + name
                note(status, inner)
                if status.st_mode & S_IFMT == S_IFDIR { folders.append(inner) }
            }
        }
        return changes
    }

    private static func json(_ path: String) throws -> JSON {
        let text = try text(path)
        do { return try JSON(parsing: text) } catch { throw Failure(description: "'\(path)': \(error)") }
    }

    private static func text(_ path: String) throws -> [UInt8] {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw Failure(description: "'\(path)': \(unsafe String(cString: strerror(errno)))")
        }
        defer { try? handle.close() }
        let data = try handle.read(upToCount: sizeLimit + 1) ?? Data()
        guard data.count <= sizeLimit else { throw Failure(description: "'\(path)' has more than \(sizeLimit) bytes") }
        return [UInt8](data)
    }
}
