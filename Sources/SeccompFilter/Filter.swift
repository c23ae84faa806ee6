public import LinuxTypes

/// A program for `loadSeccompFilter`: its instructions and `SECCOMP_FILTER_FLAG_*`.
public struct Program: Hashable, Sendable {
    public let instructions: [FilterInstruction]
    public let flags: UInt32

    public init(instructions: [FilterInstruction], flags: UInt32) {
        self.instructions = instructions
        self.flags = flags
    }
}

/// A compiled profile, and what a person should know of the way there.
public struct Filter: Hashable, Sendable {
    public let program: Program
    /// Names that libseccomp knows on no architecture: their rules do nothing, the default action applies.
    public let skipped: [String]
    /// Rules that mean something else than they seem to say, one sentence each.
    public let warnings: [String]
}
