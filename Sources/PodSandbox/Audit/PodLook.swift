internal import Cgroups
internal import ImageStore
internal import Journal
internal import LinuxKernel
internal import LinuxTypes
internal import PodRecords

/// One pod, or what is left of one.
struct PodLook {
    private let audit: PodAudit
    private let journal: Journal
    private let uid: PodUID
    /// nil for one that is removed.
    private let state: PodState?

    private var places: PodPlaces { audit.places }
    private var name: String {
        state.map { "pod '\($0.sandbox.fullName)'" } ?? "pod \(uid), which is removed"
    }

    init(_ audit: PodAudit, _ journal: Journal, _ uid: PodUID, _ state: PodState?) {
        self.audit = audit
        self.journal = journal
        self.uid = uid
        self.state = state
    }

    func findings() throws(PodError) -> [AuditFinding] {
        if try hasKeeper() { return try state.map { state throws(PodError) in try living(state) } ?? [] }
        guard let state else { return try remains(of: "removed", .remove(uid)) }
        if state.isLost { return try remains(of: "lost with the boot", .dismantle(uid)) }
        switch state.sandbox.phase {
        case .stopped where state.sandbox.goal == .stopped: return try remains(of: "stopped", .dismantle(uid))
        default:
            // Whatever its keeper was at, another goes on with it.
            return [AuditFinding("\(name) has no keeper", .keeper(uid))]
        }
    }

    /// By its word, and where it has given none yet, or none is recorded any more, by its lock.
    private func hasKeeper() throws(PodError) -> Bool {
        try during("cannot look for the keeper of \(name)") { () throws(KernelError) in
            if let keeper = state?.sandbox.keeper, try keeper.isAlive(currentBootID: bootID()) { return true }
            do throws(KernelError) {
                let lock = try FileDescriptor.workingDirectory.open(
                    places.runDirectory(uid).appending(PodPlaces.lock).string, [.readWrite, .noFollow])
                return try !lock.descriptor.tryLock()
            } catch {
                if error.errno == .ENOENT || error.errno == .ENOTDIR { return false }
                throw error
            }
        }
    }

    // MARK: What runs

    private func living(_ state: PodState) throws(PodError) -> [AuditFinding] {
        guard state.sandbox.phase == .ready, state.sandbox.goal == .running else { return [] }
        let path = PodPlaces.cgroup(of: uid)
        var found: [AuditFinding] = []
        if try PodCgroups.present(at: path).isEmpty { found.append(AuditFinding("\(name) has no cgroup", .none)) }
        if try !hasPin() { found.append(AuditFinding("\(name) has no mount namespace", .none)) }
        for status in state.containers where status.state == .running {
            guard let process = status.process else { continue }
            if try !process.isAlive() {
                found.append(
                    AuditFinding(
                        "\(name): container '\(status.name)' is recorded as running, but its process \(process.pid) has ended",
                        .none))
            }
        }
        found += try oldAttempts(state)
        let isFrozen = try PodCgroups.isFrozen(path)
        if isFrozen, state.frozenSince == nil {
            found.append(AuditFinding("\(name) is frozen, and nobody has recorded that", .thaw(uid)))
        } else if !isFrozen, state.frozenSince != nil {
            found.append(AuditFinding("\(name) is recorded as frozen, and is not", .thaw(uid)))
        }
        return found
    }

    private func hasPin() throws(PodError) -> Bool {
        do throws(KernelError) {
            _ = try NamespaceHandle(path: places.mountNamespace(uid).string, kind: .mount)
            return true
        } catch {
            if error.errno == .ENOENT || error.errno == .ENOTTY { return false }
            throw PodError(error, "cannot look at the mount namespace of \(name)")
        }
    }

    /// Of containers of which a later attempt is recorded.
    private func oldAttempts(_ state: PodState) throws(PodError) -> [AuditFinding] {
        let things: [(what: String, ids: [String])] = [
            ("a cgroup", try PodCgroups.below(PodPlaces.cgroup(of: uid))), ("a record of the engine", try engineIDs()),
            ("a writable layer", roots()),
        ]
        var found: [AuditFinding] = []
        for (what, ids) in things {
            for id in ids {
                let parts = id.utf8.split(separator: UInt8(ascii: ".")).map { String(Substring($0)) }
                guard parts.count == 3, parts[0] == uid.string, let attempt = UInt32(parts[2]),
                    let status = state.status(of: parts[1]), attempt < status.attempt
                else { continue }
                found.append(
                    AuditFinding(
                        "\(name): attempt \(attempt) of container '\(parts[1])' is over, and has \(what) still",
                        .collect(uid, container: parts[1], attempt: attempt)))
            }
        }
        return found
    }

    // MARK: What is left

    private func remains(of what: String, _ remedy: AuditFinding.Remedy) throws(PodError) -> [AuditFinding] {
        let whose = state == nil ? "pod \(uid) is removed" : "\(name) is \(what)"
        var found: [AuditFinding] = []
        func add(_ text: String) { found.append(AuditFinding("\(whose), and there is \(text)", remedy)) }
        for path in try PodCgroups.present(at: PodPlaces.cgroup(of: uid)) { add("its cgroup '\(path)'") }
        for pid in try PodCgroups.processes(at: PodPlaces.cgroup(of: uid)) { add("a process of it, \(pid)") }
        if try hasPin() { add("its mount namespace") }
        let run = places.runDirectory(uid).string
        for name in directoryNames(run) where name != "mnt" { add("a file of its run directory, '\(run)/\(name)'") }
        if PodAudit.exists(run) { add("its run directory '\(run)'") }
        for id in try engineIDs() { add("the engine's record of '\(id)'") }
        for id in roots() { add("the writable layer '\(id)'") }
        if state == nil {
            let files = places.directory(uid).string
            for name in directoryNames(files) { add("a directory of its files, '\(files)/\(name)'") }
            if PodAudit.exists(files) { add("its directory '\(files)'") }
            for key in [PodKeys.manifest(uid), PodKeys.plan(uid), PodKeys.frozen(uid)] {
                if try audit.keys(below: key, journal).contains(Array(key.bytes)) {
                    add("the record '\(String(decoding: key.bytes, as: UTF8.self))'")
                }
            }
            for key in try audit.keys(below: PodKeys.containers(of: uid), journal) {
                add("the record '\(String(decoding: key, as: UTF8.self))'")
            }
        }
        for path in try PodCgroups.present(at: PodPlaces.keeperCgroup(of: uid)) {
            found.append(AuditFinding("\(whose), and there is its keeper's cgroup '\(path)'", .keeperCgroup(uid)))
        }
        return found
    }

    private func engineIDs() throws(PodError) -> [String] {
        let prefix = Key("/containers/\(uid).")
        return try audit.keys(below: prefix, journal).map {
            String(decoding: $0.dropFirst("/containers/".utf8.count), as: UTF8.self)
        }
    }

    private func roots() -> [String] {
        directoryNames(places.root.appending("images/roots").string).filter { $0.hasPrefix("\(uid).") }
    }
}
