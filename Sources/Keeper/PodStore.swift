internal import Journal
internal import LinuxTypes
internal import PodRecords
internal import StrictTree

/// A pod's records, as its keeper reads them once and writes them from then on.
struct PodStore {
    let uid: PodUID
    private let journal: Journal

    init(_ places: PodPlaces, _ uid: PodUID) throws(KeeperError) {
        self.uid = uid
        journal = try journaling("cannot open the journal") { () throws(JournalError) in
            try places.journal.open(isWritable: true)
        }
    }

    /// The machine of what is recorded.
    func machine() throws(KeeperError) -> PodMachine {
        guard let plan = try value(of: PodKeys.plan(uid)), let sandbox = try value(of: PodKeys.sandbox(uid)) else {
            throw .unknownPod(uid.string)
        }
        let found = try journaling("cannot read the containers") { () throws(JournalError) in
            try journal.range(RangeRequest(.prefix(PodKeys.containers(of: uid))))
        }
        do throws(TreeError) {
            let statuses = try found.keyValues.map { entry throws(TreeError) in try ContainerStatus(json: entry.value) }
            return PodMachine(try PodPlan(json: plan), try SandboxRecord(json: sandbox), statuses)
        } catch { throw .record(error, of: "pod \(uid)") }
    }

    private func value(of key: Key) throws(KeeperError) -> [UInt8]? {
        try journaling("cannot read the pod") { () throws(JournalError) in try journal.value(of: key)?.value }
    }

    /// Writes what has changed, at once or not at all. Volatile: what a keeper records is about what dies with the boot, and `Job.sync` makes the end of a
    /// pod durable.
    func write(_ sandbox: SandboxRecord?, _ containers: [ContainerStatus]) throws(KeeperError) {
        var operations: [Operation] = []
        if let sandbox { operations.append(.put(PodKeys.sandbox(uid), value: sandbox.json)) }
        for container in containers { operations.append(.put(PodKeys.container(container.name, of: uid), value: container.json)) }
        guard !operations.isEmpty else { return }
        let transaction = Transaction(then: operations)
        _ = try journaling("cannot record what the pod does") { () throws(JournalError) in
            try journal.commit(transaction, .volatile)
        }
    }
}
