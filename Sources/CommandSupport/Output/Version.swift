import LinuxKernel
import OCISpec

/// What `--version` prints.
public enum Version {
    /// Of Hull.
    public static let number = "0.1.0"

    /// Name and version, the build, the specification's version, and what is built in; callers read the lines by their beginnings.
    public static var text: String {
        """
        \(text(of: GlobalOptions.program))spec: \(Configuration.specVersion)
        +SECCOMP +CAP +EBPF

        """
    }

    /// Name and version of a program, and the build.
    public static func text(of program: String) -> String {
        let build = runningBuildID().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return """
            \(program) version \(number)
            commit: \(build.isEmpty ? "unknown" : build)

            """
    }
}
