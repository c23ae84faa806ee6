public import Cgroups
import LinuxKernel
public import LinuxTypes
public import OCISpec

/// What must be known of this boot and of the caller to plan a process.
public struct CallerFacts: Sendable {
    /// This boot.
    public var bootID: String
    /// Capabilities that the running kernel knows.
    public var knownCapabilities: CapabilitySet
    /// Capabilities that the caller can hand on: permitted and in its bounding set.
    public var availableCapabilities: CapabilitySet
    /// None unless a configuration asked for labels: see `look(for:)`.
    var modules = SecurityModules(hasAppArmor: false, hasSELinux: false)

    public init(bootID: String, knownCapabilities: CapabilitySet, availableCapabilities: CapabilitySet) {
        self.bootID = bootID
        self.knownCapabilities = knownCapabilities
        self.availableCapabilities = availableCapabilities
    }

    /// Looks at the kernel's security modules where labels are asked for; otherwise nothing is read.
    mutating func look(for process: Process?, mountLabel: String? = nil) throws(RuntimeError) {
        guard Labels.areAsked(by: process, mountLabel: mountLabel) else { return }
        modules = try during("cannot tell which security modules the kernel has") { () throws(KernelError) in try .ofKernel() }
    }

    /// The facts of this process.
    public static func ofCaller() throws(RuntimeError) -> CallerFacts {
        let capabilities = surveyCapabilities()
        return try during("cannot read the facts of the host") { () throws(KernelError) in
            CallerFacts(
                bootID: try LinuxKernel.bootID(), knownCapabilities: capabilities.known,
                availableCapabilities: capabilities.bounding.intersection(try permittedCapabilities()))
        }
    }
}

/// What the planner must know of this machine and of the caller: read once, passed as a value, so that planning stays a pure function.
public struct HostFacts: Sendable {
    public var caller: CallerFacts
    public var cgroups: Layout
    /// Whether the user namespace that the container joins owns the network namespace that it joins, too.
    public var joinedUserOwnsNetwork = false

    public var bootID: String { caller.bootID }

    public init(caller: CallerFacts, cgroups: Layout) {
        self.caller = caller
        self.cgroups = cgroups
    }

    /// The facts of this machine that a configuration needs.
    public static func ofHost(for configuration: Configuration) throws(RuntimeError) -> HostFacts {
        let cgroups: Layout
        do throws(CgroupError) { cgroups = try Layout.ofHost() } catch { throw RuntimeError(error) }
        var caller = try CallerFacts.ofCaller()
        try caller.look(for: configuration.process, mountLabel: configuration.linux?.mountLabel)
        return HostFacts(caller: caller, cgroups: cgroups)
    }
}
