import Cgroups
import InitProtocol
public import Journal
import LinuxKernel
public import LinuxTypes
import OCISpec

/// The verbs of an OCI runtime on the containers of one `--root`.
///
/// A verb that changes a container holds its lock; `state`, `list` and `ps` take none, and neither does `kill`. The process must be
/// single-threaded: it clones and joins namespaces.
public struct Runtime: Sendable {
    /// Where the containers' locks and sockets are, and the cache of compiled filters.
    public let root: HostPath
    /// Where they are recorded, under `/containers/` and `/configurations/`.
    public let records: StoreLocation
    /// Whether the journal holds nothing but containers, so that its history is ours to give up.
    let ownsJournal: Bool
    /// Told of what has no effect and weakens nothing, and of clean-up that failed: one line each.
    public var warn: @Sendable (String) -> Void
    /// Told of every step of a start and of the microsecond, `CLOCK_MONOTONIC`, in which it was done; nil costs nothing.
    public var ledger: (@Sendable (_ step: String, _ microseconds: Int64) -> Void)?

    public init(root: HostPath, warn: @escaping @Sendable (String) -> Void = { _ in }) {
        self.root = root
        self.warn = warn
        records = StoreLocation(root: root)
        ownsJournal = true
    }

    /// With the records in a journal that holds other things too, and keeps its history.
    public init(root: HostPath, records: StoreLocation, warn: @escaping @Sendable (String) -> Void = { _ in }) {
        self.root = root
        self.warn = warn
        self.records = records
        ownsJournal = false
    }

    /// Writes the time into the ledger.
    func note(_ step: StaticString) {
        ledger?("\(step)", monotonicMicroseconds())
    }

    /// Writes what an init has noted into the ledger.
    func note(_ entries: [LedgerEntry]) {
        for entry in entries { ledger?("init: " + entry.step, entry.microseconds) }
    }

    /// The store, or `missing` for a container that cannot be in a store that does not exist.
    func existingStore(for id: String, _ purpose: ContainerStore.Purpose) throws(RuntimeError) -> ContainerStore {
        try Self.check(id: id)
        guard let store = try ContainerStore(self, for: purpose) else { throw ContainerStore.missing(id) }
        return store
    }

    /// Ids are names of directories: `[A-Za-z0-9_+.-]+`, neither `.` nor `..`.
    static func check(id: String) throws(RuntimeError) {
        if id.isEmpty { throw RuntimeError(.invalid, "the container ID is empty") }
        if id == "." || id == ".." { throw RuntimeError(.invalid, "'\(id)' is no container ID") }
        if id.utf8.count > 255 {
            throw RuntimeError(.invalid, "a container ID has at most 255 bytes, this one has \(id.utf8.count)")
        }
        for byte in id.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "."),
                UInt8(ascii: "-"):
                continue
            default:
                throw RuntimeError(.invalid, "invalid character in container ID '\(id)'")
            }
        }
    }

    static func currentBootID() throws(RuntimeError) -> String {
        try during("cannot read the boot id") { () throws(KernelError) in try bootID() }
    }
}
