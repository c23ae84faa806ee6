internal import Journal
internal import LinuxKernel
internal import LinuxTypes
internal import PodRecords
internal import StrictTree

extension PodAudit {
    static func exists(_ path: String) -> Bool {
        do throws(KernelError) {
            _ = try FileDescriptor.workingDirectory.status(of: path)
            return true
        } catch { return false }
    }

    /// Mounts of the host below the roots, where there are to be none but the pins of pods.
    func strayMounts(_ registry: PodRegistry) throws(PodError) -> [AuditFinding] {
        let table = try during("cannot read the mounts") { () throws(KernelError) in
            MountTable(try readFile("/proc/self/mountinfo", limit: 64 << 20))
        }
        let pods = places.runRoot.appending("pods").string
        let inside = [places.root.appending("pods").string, places.root.appending("images/roots").string]
        var found: [AuditFinding] = []
        var seen: Set<String> = []
        for entry in table.entries {
            guard let path = HostPath(entry.point) else { continue }
            let isPin = entry.point.hasPrefix(pods + "/") && entry.point.hasSuffix("/mnt")
            if entry.point == pods || isPin {
                // Each once: the one over the other hides pins, or keeps a namespace alive.
                if !seen.insert(entry.point).inserted {
                    found.append(AuditFinding("'\(entry.point)' is mounted twice", .unmount(path)))
                }
            } else if entry.point.hasPrefix(pods + "/") || inside.contains(where: { entry.point.hasPrefix($0 + "/") }) {
                found.append(AuditFinding("a \(entry.type) is mounted on '\(entry.point)', where no pod has one", .unmount(path)))
            }
        }
        return found
    }

    /// Keys that point to pods which are not there.
    func strayKeys(_ journal: Journal, _ registry: PodRegistry) throws(PodError) -> [AuditFinding] {
        var pods: Set<PodUID> = []
        for key in try keys(below: PodKeys.sandboxes, journal) where PodKeys.isSandbox(Key(key)) {
            if let uid = PodKeys.parse(Key(key))?.uid { pods.insert(uid) }
        }
        var found: [AuditFinding] = []
        for prefix: Key in ["/names/", "/volume-users/", PodKeys.userRanges, PodKeys.allResourceChanges] {
            let entries = try journaling("cannot read the journal") { () throws(JournalError) in
                try journal.range(RangeRequest(.prefix(prefix))).keyValues
            }
            for entry in entries {
                let rest = String(decoding: entry.key.bytes.dropFirst(prefix.bytes.count), as: UTF8.self)
                let claim = Self.claim(prefix, rest, value: String(decoding: entry.value, as: UTF8.self))
                guard let claim, !pods.contains(claim.uid) else { continue }
                let remedy = AuditFinding.Remedy.delete(key: Array(entry.key.bytes), value: entry.value)
                found.append(AuditFinding("\(claim.text) pod \(claim.uid), which is removed", remedy))
            }
        }
        return found
    }

    /// Whose a key is that a pod claims, and what it claims by it. `rest` stands behind the prefix. nil for what no pod of ours has written.
    private static func claim(_ prefix: Key, _ rest: String, value: String) -> (uid: PodUID, text: String)? {
        let parts = rest.split(separator: "/").map(String.init)
        switch prefix {
        case "/names/": return PodUID(value).map { ($0, "the name '\(rest)' is of") }
        case "/volume-users/":
            guard parts.count == 3 else { return nil }
            return PodUID(parts[2]).map { ($0, "volume '\(parts[0])/\(parts[1])' is in use by") }
        case PodKeys.userRanges: return PodUID(value).map { ($0, "the ids from \(rest) on are of") }
        default: return PodUID(rest).map { ($0, "there are changed resources of") }
        }
    }

    /// Files below the roots that belong to no pod.
    func strayFiles(_ journal: Journal) throws(PodError) -> [AuditFinding] {
        var found: [AuditFinding] = []
        for directory in [places.runRoot.appending("pods").string, places.root.appending("pods").string] {
            for name in directoryNames(directory) where PodUID(name) == nil {
                found.append(AuditFinding("'\(directory)/\(name)' is no pod's", .none))
            }
        }
        found += try straySecrets()
        let volumes = Set(
            try keys(below: PodKeys.volumes, journal).map {
                String(decoding: $0.dropFirst(PodKeys.volumes.bytes.count), as: UTF8.self)
            })
        for namespace in directoryNames(places.namedVolumes.string) {
            for name in directoryNames(places.namedVolumes.appending(namespace).string)
            where !volumes.contains("\(namespace)/\(name)") {
                // Somebody's files: nobody but their owner throws them away.
                found.append(AuditFinding("'\(places.namedVolumes)/\(namespace)/\(name)' is no volume that is recorded", .none))
            }
        }
        return found
    }

    private func straySecrets() throws(PodError) -> [AuditFinding] {
        var named: Set<String> = []
        for value in try ConfigStore(places, isWritable: false).secretRecords() {
            do throws(TreeError) { named.insert(try SecretRecord(json: value).file) } catch {
                return [AuditFinding("the record of a Secret cannot be read: \(error)", .none)]
            }
        }
        return directoryNames(places.secrets.string).filter { !named.contains($0) }
            .map { AuditFinding("the file '\($0)' of values of a Secret is in no record", .secrets) }
    }
}
