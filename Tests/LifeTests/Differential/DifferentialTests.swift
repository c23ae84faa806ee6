import Foundation
import Synchronization
import Testing

/// The same bundles under crun, runc and Hull. A field passes where Hull shows what the peers show; where the peers differ from each
/// other, what one of them shows, and only if `peersDisagree` says why they differ. What else differs must be in docs/differences.md.
@Suite("differential", Requirement.root, Requirement.rootfs, .leakCheck)
struct DifferentialTests {
    @Test("crun and runc differ only where it is known why", Requirement.crun, Requirement.runc, arguments: Case.selected)
    func peersAgree(_ differential: Case) throws {
        let peers = try observe(differential).filter { $0.runtime != Runtime.hull.name }
        #expect(
            peers.isEmpty || peers.contains(where: \.ran) || differential.isRefused, "no peer runs this bundle, it shows nothing")
        let unexplained = differences(in: differential.name, peers).filter { Disagreement.explaining($0) == nil }
        #expect(unexplained.isEmpty, "\(list(unexplained))\n\(peers.map(\.errors).joined())")
    }

    @Test("Hull shows what the peers show", Requirement.hull, Requirement.crun, Requirement.runc, arguments: Case.selected)
    func hullAgrees(_ differential: Case) throws {
        let observations = try observe(differential)
        let hull = try #require(observations.first { $0.runtime == Runtime.hull.name })
        #expect(hull.leaks == [], "left behind; \(hull.errors)")
        let table = try DifferencesTable.shared()
        let wrong = differences(in: differential.name, observations).filter { difference in
            if difference.peersDisagree, Disagreement.explaining(difference)?.permits(difference) == true { return false }
            return !table.allows(difference)
        }
        #expect(wrong.isEmpty, "\(list(wrong))\n\(hull.errors)")
    }

    @Test("the suite has at least 60 bundles with distinct names")
    func countsBundles() {
        #expect(Set(Case.all.map(\.name)).count == Case.all.count)
        #expect(Case.all.count >= 60)
    }

    private func list(_ differences: [Difference]) -> String { differences.map { "\n  \($0)" }.joined() }

    private func observe(_ differential: Case) throws -> [Observation] {
        if let missing = differential.needs.first(where: { !$0.isMet }) {
            // The runner does not say it of a case, see Tools/check-skips.
            print("➜ Case \(differential.name) skipped: \"this machine lacks \(missing)\"")
            try Test.cancel("this machine lacks \(missing)")
        }
        return try Observations.shared.of(differential)
    }
}

/// Both tests look at the same runs, which take long.
private final class Observations: Sendable {
    static let shared = Observations()

    private let known = Mutex<[String: [Observation]]>([:])

    func of(_ differential: Case) throws -> [Observation] {
        if let known = known.withLock({ $0[differential.name] }) { return known }
        let runtimes = [Runtime.crun, .runc].filter { differential.peers.contains($0.name) } + [.hull]
        let observed = try differential.observe(runtimes.filter(\.isPresent))
        known.withLock { $0[differential.name] = observed }
        return observed
    }
}

extension Case {
    static let all: [Case] =
        namespaceCases + mountCases + fileSystemCases + deviceCases + processCases + capabilityCases + seccompCases + exitCases
        + streamCases
        + execCases + hookCases + cgroupCases

    /// HULL_CASE picks the cases whose names contain it; `-` is in all of them. A slow machine takes by itself only what depends on
    /// the kind of cgroups, and some of the rest.
    static let selected: [Case] = {
        if let text = Machine.setting("HULL_CASE") { return all.filter { $0.name.contains(text) } }
        guard Machine.isSlow else { return all }
        return all.enumerated().filter { $0.offset % 16 == 0 || $0.element.name.contains("cgroup") }.map(\.element)
    }()
}
