import LinuxKernel
import LinuxTypes
import Netlink

/// What the kernel's objects bear that say whose they are: bridges and cables as the alias of the link, tables as their comment. Roots of Hull that share a host's network
/// would else take what one of them made for their own.
///
/// ```
/// hull 31f0a9c54b7d4e0f8a6c2d1e90b3f57a /run/hull      the store of the journal; the run directory, or of a cable the pod's uid
/// ```
struct NetworkMark: Hashable, Sendable {
    /// `Journal.identity`.
    let store: String
    /// For people, and to look whether the other is still there. Empty where it did not fit.
    let place: String

    init(store: String, place: String) {
        self.store = store
        // An alias has 255 bytes, a comment 253.
        self.place = place.utf8.count <= 200 ? place : ""
    }

    /// nil for what is no mark of Hull's.
    init?(_ text: String?) {
        let parts = text?.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false) ?? []
        guard parts.count == 3, parts[0] == "hull", parts[1].utf8.count == 32 else { return nil }
        store = String(parts[1])
        place = String(parts[2])
    }

    var text: String { "hull \(store) \(place)" }

    /// In the run directory: the lock of the network, which holds the store whose network it is.
    static let file = "network.lock"

    /// Whether the root that made it is there, as far as can be seen from here.
    var isLiving: Bool {
        guard let directory = HostPath(place), directory.isAbsolute else { return false }
        do throws(KernelError) {
            let bytes = try readFile(directory.appending(Self.file).string, limit: 64)
            return bytes.elementsEqual(store.utf8)
        } catch { return false }
    }
}

/// Whose something of the kernel's is.
enum NetworkOwner: Hashable, Sendable {
    case ours
    /// By its mark another root's.
    case other(NetworkMark)
    /// It bears no mark: a stranger's, or made by a version of Hull before there were any.
    case unknown

    init(_ text: String?, for mark: NetworkMark) {
        guard let found = NetworkMark(text) else {
            self = .unknown
            return
        }
        self = found.store == mark.store ? .ours : .other(found)
    }

    var mark: NetworkMark? { if case .other(let mark) = self { mark } else { nil } }
}

extension PodNetwork {
    func owner(of link: Link) -> NetworkOwner { NetworkOwner(link.alias, for: mark) }
    func owner(of table: ListedTable) -> NetworkOwner { NetworkOwner(table.comment, for: mark) }

    /// Whether another root is there. What bears our own run directory and another store was made with a journal that is no more.
    func isLiving(_ other: NetworkMark) -> Bool { other.place != mark.place && other.isLiving }

    /// That something is another root's, for errors and findings: `what` as "the bridge 'hull0'".
    static func text(_ what: String, isOf mark: NetworkMark) -> String {
        let place = mark.place.isEmpty ? "" : ", whose run directory is '\(mark.place)'"
        return "\(what) is of another root of Hull\(place)"
    }

    static let unseen = ", and that root is not to be seen from here"

    /// The error of who wants to have what is another root's.
    func refusal(_ what: String, isOf mark: NetworkMark) -> NetworkError {
        let hint =
            isLiving(mark)
            ? "choose another bridge and other subnets in the configuration of this root's network"
            : "if that root is no more, remove what it left: 'ip link delete \(configuration.bridge)', 'nft delete table' of what bears its name"
        return NetworkError(.refused, Self.text(what, isOf: mark), hint: hint)
    }

    /// Tells other roots that we are the living owner of what bears our mark.
    func announce() throws(NetworkError) {
        let path = lock.path.string
        let store = Array(mark.store.utf8)
        try during("cannot write '\(path)'") { () throws(KernelError) in
            if try readFile(path, limit: 64) == store { return }
            let file = try FileDescriptor.workingDirectory.open(path, [.readWrite, .noFollow])
            try file.descriptor.truncate(to: 0)
            try file.descriptor.writeAll(store)
        }
    }

    /// The tables that are named like a bridge and of our families, whoever made them.
    func namedTables(_ bridge: InterfaceName) throws(NetworkError) -> [ListedTable] {
        let name = bridge.string
        do throws(NetlinkError) {
            return try netfilter.listTables().filter {
                $0.table.name == name && ($0.table.family == .inet || $0.table.family == .bridge)
            }
        } catch {
            // A kernel without nf_tables has none of ours either.
            if error.errno == .EINVAL || error.errno == .ENOTSUP { return [] }
            throw NetworkError(.failed, "cannot look at nf_tables: \(error)")
        }
    }

    /// Refuses where the interface or a table that we would change is another root's, whatever our journal says; returns what there is.
    @discardableResult
    func checkOwner(_ bridge: InterfaceName) throws(NetworkError) -> (bridge: Link?, tables: [ListedTable]) {
        let found = try link(bridge)
        if let found, let other = owner(of: found).mark { throw refusal("the bridge '\(bridge)'", isOf: other) }
        let tables = try namedTables(bridge)
        for table in tables {
            if let other = owner(of: table).mark { throw refusal("the table '\(table.table)'", isOf: other) }
        }
        return (found, tables)
    }

    /// Refuses a host that another root made forward for its own pods: its table drops what ours would have forwarded, and its last pod ends all forwarding.
    func checkOtherRoots() throws(NetworkError) {
        let tables = try during("cannot look at nf_tables") { () throws(NetlinkError) in try netfilter.listTables() }
        for chain in try during("cannot look at nf_tables", { () throws(NetlinkError) in try netfilter.forwardChains() }) {
            guard let found = tables.first(where: { $0.table == chain.table }), let other = owner(of: found).mark,
                try during("cannot look at nf_tables", { () throws(NetlinkError) in try netfilter.drops(chain) })
            else { continue }
            throw NetworkError(
                .refused,
                Self.text("the network '\(found.table.name)'", isOf: other) + ", and the host forwards for its pods alone",
                hint: "turn forwarding on for good before either has pods, or give this root a network namespace of its own")
        }
    }
}
