internal import ContainerImage

/// The container's `config.json`, made from what the image brings.
///
/// An image must not choose what of the host its container sees: volumes stay paths inside the container, and d-run's
/// own keys, each of which opens something, are left for the user to set. All else is kept as it is.
struct ConfigFile: Equatable {
    /// What the file says.
    let json: JSON
    /// What was left out, a sentence each.
    let warnings: [String]

    /// The file's text.
    var text: String { json.prettyPrinted + "\n" }

    init(_ config: JSON) {
        guard case .object(let members) = config else {
            json = config
            warnings = []
            return
        }
        var kept: [JSON.Member] = []
        var warnings: [String] = []
        for member in members {
            if ContainerFolder.runKeys.contains(member.key) {
                warnings.append("the image sets '\(member.key)', which is yours to set; left out of config.json")
            } else if member.key == "Volumes", case .object(let volumes) = member.value {
                let good = volumes.filter { Self.isContainerPath($0.key) }
                kept.append(.init("Volumes", .object(good)))
                for volume in volumes where !Self.isContainerPath(volume.key) {
                    warnings.append(
                        "the image's volume '\(volume.key)' is no path inside a container; left out of config.json")
                }
            } else if member.key == "Env", case .array(let entries) = member.value {
                // d-run takes such a variable's value from its caller.
                let good = entries.filter { entry in
                    guard case .string(let text) = entry else { return true }
                    return text.contains("=")
                }
                kept.append(.init("Env", .array(good)))
                if good.count < entries.count {
                    warnings.append("the image asks for variables of yours in 'Env'; left out of config.json")
                }
            } else {
                kept.append(member)
            }
        }
        json = .object(kept)
        self.warnings = warnings
    }

    /// An absolute path without `..`, and without the colon that would make it `HOST:PATH`.
    private static func isContainerPath(_ path: String) -> Bool {
        path.hasPrefix("/") && !path.contains(":") && !path.contains("\0") && !path.split(separator: "/").contains("..")
    }
}
