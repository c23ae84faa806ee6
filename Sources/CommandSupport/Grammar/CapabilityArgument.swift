import LinuxKernel
import StrictTree

/// Names of capabilities as people write them.
enum CapabilityArgument {
    /// `CAP_SYS_ADMIN` for `sys_admin`, `SYS_ADMIN` and `cap_sys_admin`. Throws for a name that libcap does not know: in a configuration that is
    /// a warning, here somebody has just typed it.
    static func name(_ text: String) throws(UsageError) -> String {
        let upper = text.uppercased()
        let name = upper.hasPrefix("CAP_") ? upper : "CAP_" + upper
        guard capabilityNumber(named: name) == nil else { return name }
        let hint = Suggestion.hint(for: name, in: (Int32(0)..<64).map(capabilityName).filter { $0.hasPrefix("CAP_") })
        throw .wrong("unknown capability '\(text)'\(hint)", of: "exec")
    }
}
