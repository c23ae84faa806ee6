import Cgroups
import InitProtocol
import LinuxTypes
import OCISpec
import StrictTree
import Testing

@testable import ContainerRuntime

/// Configurations as text and the plans that are made of them.
enum Plans {
    static let process = #""args": ["/bin/true"], "cwd": "/""#
    static let mountNamespace = #""namespaces": [{"type": "mount"}]"#

    /// A configuration whose sections are given as the members of their objects.
    static func configuration(
        process: String = Plans.process, linux: String = Plans.mountNamespace, more: String = ""
    ) throws -> Configuration {
        let text = """
            {"ociVersion": "1.3.0", "root": {"path": "rootfs"}, "process": {\(process)}, "linux": {\(linux)}\(more.isEmpty ? "" : ", ")\(more)}
            """
        return try Decoded<Configuration>(from: Document(json: Array(text.utf8)).root).value
    }

    static func plan(
        process: String = Plans.process, linux: String = Plans.mountNamespace, more: String = "",
        facts: HostFacts = Hosts.facts(),
        options: CreateOptions = CreateOptions()
    ) throws -> ContainerPlan {
        try plan(configuration(process: process, linux: linux, more: more), facts: facts, options: options)
    }

    static func plan(
        _ configuration: Configuration, facts: HostFacts = Hosts.facts(), options: CreateOptions = CreateOptions()
    ) throws -> ContainerPlan {
        let bundle = try #require(HostPath("/bundle"))
        let birth = try Planner.planBirth(configuration, id: "web", bundle: bundle, facts: facts)
        return try Planner.plan(configuration, birth: birth, id: "web", bundle: bundle, facts: facts, options: options)
    }

    static func root(_ plan: ContainerPlan) throws -> RootPlan { try #require(plan.`init`.root) }

    /// Checks that a configuration is refused and that the message begins with the place of the fault.
    static func expectRefusal(
        at pointer: String, saying words: String = "", process: String = Plans.process, linux: String = Plans.mountNamespace,
        more: String = "", facts: HostFacts = Hosts.facts(), sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let configuration = try configuration(process: process, linux: linux, more: more)
        expectRefusal(configuration, at: pointer, saying: words, facts: facts, sourceLocation: sourceLocation)
    }

    static func expectRefusal(
        _ configuration: Configuration, at pointer: String, saying words: String = "", facts: HostFacts = Hosts.facts(),
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect("a refusal at \(pointer)", sourceLocation: sourceLocation) {
            _ = try plan(configuration, facts: facts)
        } throws: { error in
            guard let error = error as? RuntimeError else { return false }
            return error.kind == .invalid && error.message.hasPrefix("config.json: \(pointer): ") && error.message.contains(words)
        }
    }
}

/// Machines that the planner is told of.
enum Hosts {
    static let known = CapabilitySet(rawValue: (1 << 41) - 1)

    static func facts(
        cgroups: Layout = Hosts.unified, known: CapabilitySet = Hosts.known, available: CapabilitySet = Hosts.known
    ) -> HostFacts {
        HostFacts(
            caller: CallerFacts(bootID: "boot", knownCapabilities: known, availableCapabilities: available), cgroups: cgroups)
    }

    static let unified = Layout(
        unified: Hierarchy(version: .v2, controllers: [.cpu, .memory, .pids], mountPoint: "/sys/fs/cgroup"), legacy: [])

    private static let trees = [
        Hierarchy(version: .v1, controllers: [.cpu, Controller(rawValue: "cpuacct")], mountPoint: "/sys/fs/cgroup/cpu,cpuacct"),
        Hierarchy(version: .v1, controllers: [.memory], mountPoint: "/sys/fs/cgroup/memory"),
        Hierarchy(version: .v1, controllers: [.devices], mountPoint: "/sys/fs/cgroup/devices"),
        Hierarchy(version: .v1, controllers: [Controller(rawValue: "name=systemd")], mountPoint: "/sys/fs/cgroup/systemd"),
    ]

    static let legacy = Layout(unified: nil, legacy: trees)

    static let hybrid = Layout(
        unified: Hierarchy(version: .v2, controllers: [], mountPoint: "/sys/fs/cgroup/unified"), legacy: trees)
}
