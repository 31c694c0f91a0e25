import Bubblewrap

/// The command for a shell that does what d-run would do.
enum DryRun {
    /// One line for bash: the filter is a process substitution.
    static func text(_ plan: SandboxPlan) -> String {
        let folders = plan.missingFolders.map(ShellWord.quote).joined(separator: " ")
        let arguments = BubblewrapArguments(plan.sandbox).arguments.map(ShellWord.quote).joined(separator: " ")
        var text = "env -i \(ShellWord.quote(FileSystem.search("bwrap") ?? "bwrap")) \(arguments)"
        if case .filter(let descriptor) = plan.sandbox.terminalGuard {
            let bytes = SeccompFilter.terminal(.current).bytes.map { byte in
                "\\x" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16)
            }.joined()
            text += " \(descriptor)< <(printf '\(bytes)')"
        }
        return folders.isEmpty ? text : "mkdir -p \(folders) && \(text)"
    }
}
