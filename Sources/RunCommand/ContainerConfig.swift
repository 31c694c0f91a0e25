import Bubblewrap
import ContainerImage

/// What `config.json` says: the `config` object of an OCI image configuration and d-run's own keys.
/// https://github.com/opencontainers/image-spec/blob/main/config.md#properties
struct ContainerConfig: Equatable {
    var hostname: String?
    var workingDirectory: String
    /// `KEY=VALUE`, or `KEY` alone: the caller's value.
    var environment: [String]
    var volumes: [VolumeArgument]
    var entrypoint: [String]
    var command: [String]
    var user: String
    var network: Bool
    var fakeroot: Bool
    var readOnly: Bool

    /// Reads a document. Throws `JSONError` with the key, or `RunError.badVolume`.
    init(_ document: JSON) throws {
        guard case .object = document else {
            throw JSONError.wrongType(field: "the document", found: document.kind, expected: "an object")
        }
        let root = JSONField(document)
        hostname = try root["Hostname"].text().flatMap { $0.isEmpty ? nil : $0 }
        workingDirectory = try root["WorkingDir"].text() ?? ""
        environment = try root["Env"].elements()?.map { try $0.required(JSONField.text) } ?? []
        volumes =
            try root["Volumes"].members()?.map { key, field in
                do {
                    return try VolumeArgument(parsing: key)
                } catch {
                    throw root["Volumes"].invalid("\(error)")
                }
            } ?? []
        entrypoint = try Self.words(root["Entrypoint"])
        command = try Self.words(root["Cmd"])
        user = try root["User"].text() ?? ""
        _ = try root["StopSignal"].text()
        network = try root["net"].bool() ?? false
        fakeroot = try root["fakeroot"].bool() ?? false
        readOnly = try root["readonly"].bool() ?? false
    }

    /// What runs: Entrypoint and Cmd as docker joins them, the user's words in Cmd's place.
    func commandLine(_ arguments: [String]) -> [String] {
        entrypoint + (arguments.isEmpty ? command : arguments)
    }

    /// A list of words; a string is a line for the shell.
    private static func words(_ field: JSONField) throws -> [String] {
        guard case .string = field.value else {
            return try field.elements()?.map { try $0.required(JSONField.text) } ?? []
        }
        guard let line = try field.text(), !line.isEmpty else { return [] }
        return ["/bin/sh", "-c", line]
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
