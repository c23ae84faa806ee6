internal import Journal
internal import LinuxKernel
internal import LinuxTypes
public import PodRecords

/// Compares the journal with the kernel and with the files below the roots, both ways.
///
/// What belongs to whom is decided by uids: ours is what the journal, with all of its history, or a directory below our roots knows. Cgroups of other state
/// roots lie beside ours and stay what they are.
public struct PodAudit {
    let places: PodPlaces
    let configuration: MachineConfiguration

    public init(_ places: PodPlaces, _ configuration: MachineConfiguration) {
        self.places = places
        self.configuration = configuration
    }

    /// Empty where all is true. What is only on its way is looked at twice, and is no finding.
    public func check() throws(PodError) -> [AuditFinding] {
        let first = try look()
        if first.isEmpty { return [] }
        pause(milliseconds: 400)
        let again = Set(try look())
        return first.filter(again.contains)
    }

    /// Does what can be done about what `check` finds, and returns what is left. What could not be mended is said in place of what it was about.
    public func fix() throws(PodError) -> [AuditFinding] {
        var failures: [AuditFinding] = []
        var done: Set<AuditFinding.Remedy> = []
        // Mounts go first, and whole pods before the keys that point to them.
        let found = try check()
        for finding in found.filter(\.isMount) + found.filter({ !$0.isMount }) where done.insert(finding.remedy).inserted {
            do throws(PodError) { try apply(finding.remedy) } catch {
                failures.append(AuditFinding("\(finding.text): \(error)", .none))
            }
        }
        let left = try check()
        return failures + left.filter { finding in !failures.contains { $0.text.hasPrefix(finding.text) } }
    }

    private func look() throws(PodError) -> [AuditFinding] {
        let registry = try PodRegistry(places, isWritable: false)
        guard let journal = try places.openJournal(isWritable: false) else { return [] }
        var found: [AuditFinding] = []
        for uid in try knownUIDs(journal, registry) {
            found += try PodLook(self, journal, uid, registry.state(of: uid)).findings()
        }
        found += try strayMounts(registry) + strayKeys(journal, registry) + strayFiles(journal)
        found += try PodNetworks(places, configuration).check().map { AuditFinding($0.text, $0.isMendable ? .network : .none) }
        return found
    }

    // MARK: Whose

    /// Pods that are there, and those of which something may be left.
    private func knownUIDs(_ journal: Journal, _ registry: PodRegistry) throws(PodError) -> [PodUID] {
        var uids: Set<PodUID> = []
        let prefixes: [Key] = [PodKeys.sandboxes, PodKeys.manifests, PodKeys.plans, PodKeys.frozen, "/containers/"]
        for prefix in prefixes {
            for key in try keys(below: prefix, journal) {
                let rest = key.dropFirst(prefix.bytes.count).prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ".") }
                if let uid = PodUID(String(decoding: rest, as: UTF8.self)) { uids.insert(uid) }
            }
        }
        for directory in [places.runRoot.appending("pods"), places.root.appending("pods")] {
            uids.formUnion(directoryNames(directory.string).compactMap(PodUID.init))
        }
        for name in directoryNames(places.root.appending("images/roots").string) {
            if let uid = PodUID(String(name.prefix { $0 != "." })), name.contains(".") { uids.insert(uid) }
        }
        // Of cgroups whose pods nobody knows any more only those are ours that the history knows.
        for name in try PodCgroups.names() where !uids.contains(name) {
            if try registry.lastRecord(of: name) != nil { uids.insert(name) }
        }
        return uids.sorted { $0.string < $1.string }
    }

    func keys(below prefix: Key, _ journal: Journal) throws(PodError) -> [[UInt8]] {
        try journaling("cannot read the journal") { () throws(JournalError) in
            try journal.range(RangeRequest(.prefix(prefix), keysOnly: true)).keyValues.map { Array($0.key.bytes) }
        }
    }
}

extension AuditFinding {
    fileprivate var isMount: Bool {
        if case .unmount = remedy { return true }
        return false
    }
}
