import Foundation

/// Control groups of version 2 that are an ordinary user's, without a manager and without limits.
public enum ControlGroups {
    /// Lines of bash for a new mount namespace: `$groups` is a folder with the groups a and b, seen at `$PWD/cgroup`.
    public static let preparation = """
        mkdir $PWD/cgroup && mount -t cgroup2 cgroup2 $PWD/cgroup
        top=d-utils-test-$$; groups=$PWD/cgroup/$top
        mkdir $groups $groups/a $groups/b; chown -R 1000:1000 $groups
        end() { find $groups -depth -type d -exec rmdir {} + 2> /dev/null; }
        trap 'echo 1 > $groups/cgroup.kill; for i in {1..100}; do end && break; sleep 0.1; done' EXIT

        """

    /// Whether this machine lets them be made.
    public static let arePossible: Bool = {
        guard geteuid() == 0, let folder = try? TemporaryFolder() else { return false }
        let test = Program("unshare", "--mount", "bash", "-ec", preparation).inFolder(folder.path)
        return (try? test.run().status) == 0
    }()
}
