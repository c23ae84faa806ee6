import Journal
import LinuxKernel
import LinuxTypes
import Netlink
import PodRecords
import StrictTree

extension CNINetwork {
    static let prefix: Key = "/cni/"
    static func key(_ sandbox: PodUID, _ network: String) -> Key { Key("/cni/\(sandbox)/\(network)") }
    /// Networks whose plugins may keep something for pods of ours, those that are gone included.
    static let usedPrefix: Key = "/cni-networks/"
    static func usedKey(_ network: String) -> Key { Key("/cni-networks/\(network)") }

    /// The networks that pods of ours are on, or were since their plugins were last told that nobody is left. Others are none of our business: another program's pods
    /// may be on them, which a GC by our list would take away.
    public func networksOfPods() throws(NetworkError) -> Set<String> {
        let found = try during("cannot read the records of CNI") { () throws(JournalError) in
            try journal.range(RangeRequest(.prefix(Self.usedPrefix), keysOnly: true)).keyValues
        }
        let used = found.map { String(decoding: $0.key.bytes.dropFirst(Self.usedPrefix.bytes.count), as: UTF8.self) }
        return Set(used).union(try attachments().map(\.network))
    }

    /// All pods that have something of a network of CNI, by uid. Takes no lock and waits for nobody.
    public func attachments() throws(NetworkError) -> [AttachedToCNI] {
        var found: [AttachedToCNI] = []
        for (network, record) in try records(below: Self.prefix) {
            var addresses: [IPAddress] = []
            if !record.result.isEmpty {
                do throws(TreeError) {
                    addresses = try CNIResult(record.result, interface: record.attachment.interface).addresses
                } catch {
                    // It was a result when it was recorded; what it says matters to plugins only.
                }
            }
            found.append(
                AttachedToCNI(
                    sandbox: record.attachment.sandbox, network: network, isComplete: record.state == .added,
                    state: record.state.rawValue, addresses: addresses))
        }
        return found
    }

    func record(_ sandbox: PodUID, _ network: String) throws(NetworkError) -> CNIRecord? {
        let key = Self.key(sandbox, network)
        let found = try during("cannot read the records of CNI") { () throws(JournalError) in try journal.value(of: key) }
        return try found.map { found throws(NetworkError) in try CNIRecord(sandbox, decoding: found.value) }
    }

    func records(of sandbox: PodUID) throws(NetworkError) -> [CNIRecord] {
        try records(below: Key("/cni/\(sandbox)/")).map(\.record)
    }

    func records(in network: String) throws(NetworkError) -> [CNIRecord] {
        try records(below: Self.prefix).filter { $0.network == network }.map(\.record)
    }

    private func records(below prefix: Key) throws(NetworkError) -> [(network: String, record: CNIRecord)] {
        let found = try during("cannot read the records of CNI") { () throws(JournalError) in
            try journal.range(RangeRequest(.prefix(prefix))).keyValues
        }
        var records: [(network: String, record: CNIRecord)] = []
        for keyValue in found {
            let parts = keyValue.key.description.split(separator: "/").map(String.init)
            guard parts.count == 3, let sandbox = PodUID(parts[1]) else {
                throw NetworkError(.failed, "the journal has an attachment '\(keyValue.key)', which is none")
            }
            records.append((parts[2], try CNIRecord(sandbox, decoding: keyValue.value)))
        }
        return records
    }

    func write(_ record: CNIRecord, _ network: String, alongside others: [Operation] = []) throws(NetworkError) {
        try commit(
            "record that it is \(record.state)",
            [.put(Self.key(record.attachment.sandbox, network), value: record.encoded())] + others)
    }

    func commit(_ step: String, _ operations: [Operation]) throws(NetworkError) {
        willTakeStep(step)
        _ = try during("cannot record the network") { () throws(JournalError) in
            try journal.commit(Transaction(then: operations), .durable)
        }
    }

    /// While nobody else works for the pod, and no GC.
    func locked<Result>(_ sandbox: PodUID, _ body: () throws(NetworkError) -> Result) throws(NetworkError) -> Result {
        let lock = try openLock()
        let descriptor = lock.descriptor
        // A byte of the lock's file for each pod, but for rare pods that share one; byte 0 is the GC's.
        let byte = sandbox.string.utf8.reduce(Int64(5381)) { ($0 &* 33 &+ Int64($1)) & 0xffff_ffff } + 1
        try wait { () throws(KernelError) in try descriptor.tryLockShared(byte: 0) }
        try wait { () throws(KernelError) in try descriptor.tryLock(byte: byte) }
        let result = try body()
        _ = consume lock
        return result
    }

    func lockedAgainstAll<Result>(_ body: () throws(NetworkError) -> Result) throws(NetworkError) -> Result {
        let lock = try openLock()
        let descriptor = lock.descriptor
        try wait { () throws(KernelError) in try descriptor.tryLock(byte: 0) }
        let result = try body()
        _ = consume lock
        return result
    }

    private func openLock() throws(NetworkError) -> OwnedDescriptor {
        let path = lockPath.string
        return try during("cannot lock the networks of CNI") { () throws(KernelError) in
            try FileDescriptor.workingDirectory.open(path, [.readWrite, .create, .noFollow], permissions: 0o600)
        }
    }

    private func wait(_ tryLock: () throws(KernelError) -> Bool) throws(NetworkError) {
        // As long as a list of plugins may take.
        let end = monotonicMicroseconds() + Int64(place.timeoutMilliseconds) * 4000
        while try !during("cannot lock the networks of CNI", tryLock) {
            guard monotonicMicroseconds() < end else {
                throw NetworkError(
                    .busy, "another process works on the pod's network and does not come to an end ('\(lockPath)')")
            }
            pause(milliseconds: 1)
        }
    }
}
