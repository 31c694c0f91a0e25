import Foundation

/// What is below a folder, a line a path: type, mode, size, time in nanoseconds, link target or digest of the content,
/// hard-link group, user attributes. Two trees are equal when their listings are.
///
/// Made by a small python program, so that nothing of the project judges itself; it runs as root where the tests do,
/// for it has to read what its owner cannot.
public enum TreeListing {
    /// The listing of `path`, one entry a path, which the entry begins with.
    public static func lines(of path: String) throws -> [String] {
        let result = try Program("python3", "-c", program, path).run()
        guard result.status == 0 else { throw Program.Failure(description: "\(result)") }
        return result.output.split(separator: "\n").map(String.init)
    }

    /// The lines that only one of two trees has, at most forty, for the message of a failed expectation.
    public static func difference(_ first: String, _ second: String) throws -> [String] {
        let (a, b) = (try lines(of: first), try lines(of: second))
        let (setA, setB) = (Set(a), Set(b))
        let onlyA = a.filter { !setB.contains($0) }.map { "- " + $0 }
        let onlyB = b.filter { !setA.contains($0) }.map { "+ " + $0 }
        return Array((onlyA + onlyB).sorted { $0.dropFirst(2) < $1.dropFirst(2) }.prefix(40))
    }

    private static let program = #"""
        import hashlib, os, stat, sys

        root = os.fsencode(sys.argv[1])
        groups = {}
        for folder, names, files in os.walk(root):
            names.sort()
            for name in sorted([b"."] * (folder == root) + names + files):
                path = os.path.join(folder, name)
                s = os.lstat(path)
                fields = [repr(os.path.relpath(path, root)), oct(s.st_mode), str(s.st_mtime_ns)]
                if stat.S_ISREG(s.st_mode):
                    if not os.access(path, os.R_OK):
                        os.chmod(path, 0o400)
                    with open(path, "rb") as file:
                        fields += [str(s.st_size), hashlib.file_digest(file, "sha256").hexdigest()]
                    if os.lstat(path).st_mode != s.st_mode:
                        os.chmod(path, stat.S_IMODE(s.st_mode))
                if stat.S_ISLNK(s.st_mode):
                    fields.append(repr(os.readlink(path)))
                if s.st_nlink > 1 and not stat.S_ISDIR(s.st_mode):
                    fields.append("links " + repr(groups.setdefault((s.st_dev, s.st_ino), fields[0])))
                for key in sorted(os.listxattr(path, follow_symlinks=False)):
                    if key.startswith("user.") and not key.startswith("user.rootlesscontainers"):
                        fields.append(key + "=" + repr(os.getxattr(path, key, follow_symlinks=False)))
                print(*fields)
        """#
}
