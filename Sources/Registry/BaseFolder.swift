/// Where programs keep what is the user's own; XDG Base Directory Specification 0.8.
enum BaseFolder {
    case cache, data

    /// What the variable for it says, else the usual place in the home; nil when neither is set.
    func path(in environment: [String: String]) -> String? {
        let (variable, usual) =
            switch self {
            case .cache: ("XDG_CACHE_HOME", ".cache")
            case .data: ("XDG_DATA_HOME", ".local/share")
            }
        if let folder = environment[variable], folder.hasPrefix("/") { return folder }
        guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
        return "\(home)/\(usual)"
    }
}
