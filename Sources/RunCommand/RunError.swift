import Glibc

/// A container cannot be run; nothing was started.
enum RunError: Error, Equatable, CustomStringConvertible {
    case noContainer(String, missing: String)
    case badConfig(file: String, reason: String)
    case noCommand(String)
    case noBubblewrap
    case namespacesForbidden(reason: String, remedy: String)
    case unknownUser(String, file: String)
    case badUser(String)
    case badDestination(String, reason: String)
    case missingSource(String)
    case tooManyLinks(String)
    case notFound(String)
    case missingInterpreter(String, file: String, interpreter: String)
    case notExecutable(String, reason: String)
    case systemCall(String, subject: String, reason: String)
    case bubblewrapFailed(Int32)
    case pastaFailed(reason: String)
    case badEnvironmentFile(String, reason: String)
    case noDevice(String)
    case noPasta
    case noTunnel(reason: String)
    case portRefused(String, reason: String)
    case noManager
    case limitIgnored(String)
    case killed
    case containerBusy(String)
    case notRunning(String)
    case unreadableContainer(pid_t, reason: String)

    /// What the process ends with: 126, 127 and 137 as shells do, 125 for all else, as other container runners do.
    var exitStatus: Int32 {
        switch self {
        case .notExecutable: 126
        case .notFound, .missingInterpreter: 127
        case .killed: 137
        default: 125
        }
    }

    var description: String {
        switch self {
        case .noContainer(let folder, let missing):
            "\(folder) is no container: it has no \(missing); 'd-pull REF \(folder)' makes one"
        case .badConfig(let file, let reason): "\(file): \(reason)"
        case .noCommand(let file):
            "no command: \(file) has neither Entrypoint nor Cmd; name one after the container's folder"
        case .noBubblewrap: "bwrap not found in PATH; install bubblewrap (package bubblewrap)"
        case .namespacesForbidden(let reason, let remedy):
            "this system forbids ordinary users to make namespaces (\(reason)); as root: \(remedy)"
        case .unknownUser(let name, let file): "user '\(name)': no such name in the container's \(file); use a number"
        case .badUser(let user):
            "user '\(user)': expected NAME, UID, USER:GROUP or UID:GID with numbers up to 4294967294"
        case .badDestination(let path, let reason): "\(path) in the container \(reason)"
        case .missingSource(let path): "volume source \(path) does not exist; make it first"
        case .tooManyLinks(let path): "\(path) in the container: more than 40 symbolic links"
        case .notFound(let command): "\(command): not found in the container"
        case .missingInterpreter(let command, let file, let interpreter):
            "\(command): \(file) needs \(interpreter), which is not found in the container"
        case .notExecutable(let command, let reason): "\(command): cannot be executed in the container: \(reason)"
        case .systemCall(let call, let subject, let reason): "\(call) \(subject): \(reason)"
        case .badEnvironmentFile(let file, let reason): "environment file \(file): \(reason)"
        case .noDevice(let path): "device \(path): expected the absolute path of a device or of a folder of devices"
        case .noPasta: "pasta not found in PATH, which the private network needs; install passt (package passt)"
        case .noTunnel(let reason):
            "/dev/net/tun, which the private network needs: \(reason); as root: modprobe tun; chmod 666 /dev/net/tun"
        case .portRefused(let port, let reason): "cannot publish \(port): \(reason)"
        case .noManager:
            "--memory, --cpus and --pids need systemd-run and a systemd manager that it reaches "
                + "($XDG_RUNTIME_DIR/systemd); log in, or as root: loginctl enable-linger USER"
        case .limitIgnored(let file):
            "the limit in \(file) did not come to be: its controller is not delegated to this user by systemd; "
                + "as root: systemctl set-property user@\(getuid()).service Delegate=yes, and log in anew"
        case .killed: "the container was killed, it seems because its limit of memory is too small for d-run itself"
        case .containerBusy(let folder): "\(folder) is being changed by another program; try again when it is done"
        case .notRunning(let folder): "nothing runs in \(folder); start it with 'd-run \(folder)'"
        case .unreadableContainer(let pid, let reason): "the container of d-run (process \(pid)): \(reason)"
        case .pastaFailed(let reason): "pasta could not make the private network: \(reason)"
        case .bubblewrapFailed(let status): "bwrap failed (status \(status)) before the command started"
        }
    }
}
