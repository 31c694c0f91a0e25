import Bubblewrap
import ContainerImage

/// What `config.json` says: the `config` object of an OCI image configuration and d-run's own keys. Options of the
/// command line change it.
/// https://github.com/opencontainers/image-spec/blob/main/config.md#properties
struct ContainerConfig: Equatable {
    var hostname: String?
    var workingDirectory = ""
    /// `KEY=VALUE`, or `KEY` alone: the caller's value.
    var environment: [String] = []
    var volumes: [VolumeArgument] = []
    var entrypoint: [String] = []
    var command: [String] = []
    /// Empty: root where it is emulated, else the caller's ids.
    var user = ""
    var stopSignal = StopSignal.term
    var network = NetworkChoice.none
    var ports: [PublishedPort] = []
    var fakeroot = false
    var readOnly = false
    var ephemeral = false
    var nested = false
    var temporaryFolders: [TemporaryFolderArgument] = []
    var devices: [String] = []
    var limits: [ResourceLimit] = []
    var groupLimits = GroupLimits()
    /// Seconds from the request to stop until the end by force.
    var stopTimeout: UInt16 = 10

    /// What holds without a document.
    init() {}

    /// Reads a document. Throws `JSONError` with the key.
    init(_ document: JSON) throws(JSONError) {
        guard case .object = document else {
            throw JSONError.wrongType(field: "the document", found: document.kind, expected: "an object")
        }
        let root = JSONField(document)
        hostname = try root["Hostname"].text().flatMap { $0.isEmpty ? nil : $0 }
        workingDirectory = try root["WorkingDir"].text() ?? ""
        environment = try Self.texts(root["Env"])
        volumes = try (root["Volumes"].members() ?? []).map { key, _ throws(JSONError) in
            guard let volume = VolumeArgument(parsing: key) else {
                throw root["Volumes"].invalid("volume '\(key)': expected \(VolumeArgument.grammar)")
            }
            return volume
        }
        entrypoint = try Self.words(root["Entrypoint"])
        command = try Self.words(root["Cmd"])
        fakeroot = try root["fakeroot"].bool() ?? false
        user = try fakeroot ? "" : root["User"].text() ?? ""
        if root["StopSignal"].value != .string("") {
            stopSignal = try root["StopSignal"].setting(StopSignal.self) ?? .term
        }
        if case .bool(let isHost) = root["net"].value {
            network = isHost ? .host : .none
        } else {
            network = try root["net"].setting(NetworkChoice.self) ?? .none
        }
        ports = try root["ports"].settings(PublishedPort.self)
        readOnly = try root["readonly"].bool() ?? false
        ephemeral = try root["ephemeral"].bool() ?? false
        nested = try root["nested"].bool() ?? false
        temporaryFolders = try root["tmpfs"].settings(TemporaryFolderArgument.self)
        devices = try Self.texts(root["devices"])
        limits = try root["ulimits"].settings(ResourceLimit.self)
        groupLimits = GroupLimits(
            memory: try root["memory"].setting(ByteSize.self),
            processors: try root["cpus"].setting(ProcessorCount.self),
            processes: try root["pids"].setting(ProcessCount.self))
        if let seconds = try root["stopTimeout"].integer() { stopTimeout = UInt16(clamping: seconds) }
    }

    /// What runs: Entrypoint and Cmd as docker joins them, the user's words in Cmd's place.
    func commandLine(_ arguments: [String]) -> [String] {
        entrypoint + (arguments.isEmpty ? command : arguments)
    }

    /// A list of words; a string is a line for the shell.
    private static func words(_ field: JSONField) throws(JSONError) -> [String] {
        guard case .string = field.value else { return try texts(field) }
        guard let line = try field.text(), !line.isEmpty else { return [] }
        return ["/bin/sh", "-c", line]
    }

    private static func texts(_ field: JSONField) throws(JSONError) -> [String] {
        try (field.elements() ?? []).map { element throws(JSONError) in
            try element.required(JSONField.text)
        }
    }
}

extension JSONField {
    /// A string that the kernel takes: without NUL.
    fileprivate func text() throws(JSONError) -> String? {
        let text = try string()
        guard text?.utf8.contains(0) != true else { throw invalid("holds a NUL character") }
        return text
    }
}
