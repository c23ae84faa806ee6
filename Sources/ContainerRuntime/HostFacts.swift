public import Cgroups
import LinuxKernel
public import LinuxTypes

/// What must be known of this boot and of the caller to plan a process.
public struct CallerFacts: Sendable {
    /// This boot.
    public var bootID: String
    /// Capabilities that the running kernel knows.
    public var knownCapabilities: CapabilitySet
    /// Capabilities that the caller can hand on: permitted and in its bounding set.
    public var availableCapabilities: CapabilitySet

    public init(bootID: String, knownCapabilities: CapabilitySet, availableCapabilities: CapabilitySet) {
        self.bootID = bootID
        self.knownCapabilities = knownCapabilities
        self.availableCapabilities = availableCapabilities
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

    /// The facts of this machine.
    public static func ofHost() throws(RuntimeError) -> HostFacts {
        let cgroups: Layout
        do throws(CgroupError) { cgroups = try Layout.ofHost() } catch { throw RuntimeError(error) }
        return HostFacts(caller: try .ofCaller(), cgroups: cgroups)
    }
}
