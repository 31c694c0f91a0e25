import Foundation
import TestSupport
import Testing

@testable import Layers

/// Permissions come out as they stand in the archive, whatever the folder gives to what is made in it.
@Suite struct ModeTests {
    enum Inherited: CaseIterable {
        case nothing
        /// The setgid bit, as folders of a group have it: directories in it get it too.
        case setgid
        /// A default access list that takes permissions away.
        case narrowList
        /// One that leaves permissions as they are, and lets another user in.
        case wideList
    }

    private static let modes: [mode_t] = [
        0o755, 0o644, 0o700, 0o600, 0o555, 0o400, 0o111, 0, 0o777, 0o666, 0o775, 0o4755, 0o2755, 0o1777, 0o7000, 0o2700,
    ]

    @Test(arguments: Inherited.allCases)
    func areExact(_ inherited: Inherited) throws {
        let folder = try TemporaryFolder(inMemory: true)
        let root = folder("root")
        try #require(mkdir(root, 0o755) == 0)
        switch inherited {
        case .nothing: break
        case .setgid: try #require(chmod(root, 0o2755) == 0)
        case .narrowList: try setDefaultList(root, group: 0, others: 0)
        case .wideList: try setDefaultList(root, group: 7, others: 5)
        }
        var applier = LayerApplier(try RootDirectory(root))
        let modes = Self.modes
        // Again in a second layer, which finds the directories there.
        for layer in 0..<2 {
            try applier.apply(
                ArraySource(
                    TarBuilder.archive { tar in
                        for (index, mode) in modes.enumerated() {
                            let turned = Int(modes[(index + layer) % modes.count])
                            tar.directory("d\(index)", mode: turned)
                            tar.directory("d\(index)/empty", mode: turned)
                            tar.directory("d\(index)/new-\(layer)", mode: turned)
                            tar.file("d\(index)/file-\(layer)", mode: Int(mode))
                            tar.add("d\(index)/fifo-\(layer)", "6", mode: Int(mode))
                        }
                    }))
        }
        _ = try applier.finish()
        for (index, mode) in modes.enumerated() {
            let turned = modes[(index + 1) % modes.count]
            let expected = [
                "/empty": turned, "/new-0": mode, "/new-1": turned, "/file-0": mode, "/file-1": mode,
                "/fifo-0": mode, "/fifo-1": mode,
            ]
            let directory = "\(root)/d\(index)"
            try expect(turned, of: directory)
            // An ordinary user cannot look into all of them.
            try #require(chmod(directory, 0o700) == 0)
            for (name, mode) in expected { try expect(mode, of: directory + name) }
        }
    }

    private func expect(_ mode: mode_t, of path: String) throws {
        var status = stat()
        try #require(lstat(path, &status) == 0)
        #expect(status.st_mode & 0o7777 == mode, "\(path) \(String(status.st_mode, radix: 8))")
        #expect(status.st_mtim.tv_sec == 1_700_000_000, "\(path)")
    }

    /// The extended attribute of a default access list, acl(5): a version, then entries of tag, permissions and id.
    private func setDefaultList(_ path: String, group: UInt16, others: UInt16) throws {
        var value: [UInt8] = [2, 0, 0, 0]
        func add(_ tag: UInt16, _ permissions: UInt16, _ id: UInt32 = .max) {
            for part in [tag, permissions] { value += [UInt8(truncatingIfNeeded: part), UInt8(part >> 8)] }
            value += (0..<4).map { UInt8(truncatingIfNeeded: id >> ($0 * 8)) }
        }
        add(0x01, 7)  // the owner
        add(0x02, 7, 12345)  // another user
        add(0x04, group)
        add(0x10, 7)  // the mask
        add(0x20, others)
        let directory = open(path, O_RDONLY | O_DIRECTORY)
        defer { close(directory) }
        try #require(fsetxattr(directory, "system.posix_acl_default", value, value.count, 0) == 0, "error \(errno)")
    }
}
