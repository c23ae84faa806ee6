import Journal
import LinuxTypes
import PodRecords

extension PodNetwork {
    /// What was done to the host in this boot; nil where nothing was.
    func hostRecord() throws(NetworkError) -> HostRecord? {
        guard let found = try value(NetworkKeys.host), !found.isFromEarlierBoot else { return nil }
        return try HostRecord(decoding: found.value)
    }

    func podRecord(_ sandbox: PodUID) throws(NetworkError) -> PodRecord? {
        try journal.podRecord(sandbox)
    }

    /// All pods of this boot, by uid.
    func podRecords() throws(NetworkError) -> [PodRecord] {
        var found: [PodRecord] = []
        for keyValue in try range(NetworkKeys.pods) where !keyValue.isFromEarlierBoot {
            guard let sandbox = PodUID(Self.rest(of: keyValue.key, behind: NetworkKeys.pods)) else {
                throw NetworkError(.failed, "the journal has a network for '\(keyValue.key)', which is no pod")
            }
            found.append(try PodRecord(sandbox, decoding: keyValue.value))
        }
        return found
    }

    static func rest(of key: Key, behind prefix: Key) -> String {
        String(decoding: key.bytes.dropFirst(prefix.bytes.count), as: UTF8.self)
    }

    func value(_ key: Key) throws(NetworkError) -> KeyValue? {
        try during("cannot read the records of the network") { () throws(JournalError) in try journal.value(of: key) }
    }

    func range(_ prefix: Key) throws(NetworkError) -> [KeyValue] {
        try during("cannot read the records of the network") { () throws(JournalError) in
            try journal.range(RangeRequest(.prefix(prefix))).keyValues
        }
    }

    /// Carries out a transaction; false where its comparisons do not hold.
    @discardableResult
    func commit(
        _ step: String, if comparisons: [Comparison] = [], _ operations: [Operation]
    ) throws(NetworkError) -> Bool {
        self.step(step)
        return try during("cannot record the network") { () throws(JournalError) in
            try journal.commit(Transaction(if: comparisons, then: operations), .volatile).succeeded
        }
    }

    func write(_ record: HostRecord) throws(NetworkError) {
        try commit("record that the network is \(record.state)", [.put(NetworkKeys.host, value: record.encoded())])
    }

    func write(_ record: PodRecord) throws(NetworkError) {
        try commit(
            "record that the pod is \(record.state)", [.put(NetworkKeys.pod(record.sandbox), value: record.encoded())])
    }
}
