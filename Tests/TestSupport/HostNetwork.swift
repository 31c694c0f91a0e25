import Foundation

/// A network namespace with a device that looks as if it led somewhere, and with a tunnel device that everybody may
/// use, whatever the machine has.
public enum HostNetwork {
    /// Lines of bash for a new mount and network namespace (`unshare --mount --net`).
    public static let preparation = """
        busybox ip link add v0 type veth
        for device in $(sed -n 's/^ *\\([^:]*\\):.*/\\1/p' /proc/net/dev); do busybox ip link set $device up; done
        busybox ip addr add 192.0.2.2/24 dev v0 && busybox ip route add default via 192.0.2.1
        mkdir -p /dev/net && mount -t tmpfs tmpfs /dev/net && mknod -m 666 /dev/net/tun c 10 200

        """

    /// Whether this machine can make it and has pasta to use it.
    public static let isPossible: Bool = {
        let programs = ["pasta", "bwrap", "busybox", "unshare", "python3", "setpriv"]
        guard geteuid() == 0, programs.allSatisfy(Program.exists) else { return false }
        let test = preparation + ": <> /dev/net/tun && busybox ip route | grep -q default"
        return (try? Program("unshare", "--mount", "--net", "bash", "-ec", test).run().status) == 0
    }()
}
