import InitProtocol
import LinuxKernel
import LinuxTypes

/// Namespaces to join, opened and proved before any is entered, in the order in which they can be.
///
/// A user namespace is entered before the namespaces that it owns, in which its root has power, and after all others, in which only the caller has.
struct NamespaceJoins: ~Copyable {
    private(set) var descriptors = DescriptorList()
    /// In the order of joining, with indices into `descriptors`.
    private(set) var joins: [NamespaceJoin] = []
    /// The planned join that each one came from.
    private(set) var origins: [String] = []

    init(_ planned: [PlannedJoin]) throws(RuntimeError) {
        try self.init(planned) { join throws(RuntimeError) in
            try during(Self.context(join)) { () throws(KernelError) in
                try NamespaceHandle(path: join.path.string, kind: join.kind)
            }
        }
    }

    /// With `open`, which is asked once for each.
    init(
        _ planned: [PlannedJoin], open: (PlannedJoin) throws(RuntimeError) -> NamespaceHandle
    ) throws(RuntimeError) {
        var foreign: [NamespaceJoin] = []
        var user: [NamespaceJoin] = []
        var owned: [NamespaceJoin] = []
        var originOf: [UInt32: String] = [:]
        var userIdentity: NamespaceIdentity?
        for join in planned.filter({ $0.kind == .user }) + planned.filter({ $0.kind != .user }) {
            let handle = try open(join)
            let descriptor = handle.descriptor
            let index = UInt32(descriptors.append(handle.release()))
            originOf[index] = join.origin
            let entry = NamespaceJoin(kind: join.kind, descriptor: index, subject: join.path.string)
            if join.kind == .user {
                userIdentity = try during(Self.context(join)) { () throws(KernelError) in try descriptor.namespaceIdentity() }
                user.append(entry)
            } else if let userIdentity, try Self.owner(of: descriptor, Self.context(join)) == userIdentity {
                owned.append(entry)
            } else {
                foreign.append(entry)
            }
        }
        // Order: a mount namespace last of its group, for paths are looked up in it from then on.
        joins = Self.mountLast(foreign) + user + Self.mountLast(owned)
        origins = joins.map { originOf[$0.descriptor] ?? "" }
    }

    private static func context(_ join: PlannedJoin) -> String {
        "\(join.origin.isEmpty ? "" : join.origin + ": ")cannot open the \(join.kind.specName) namespace"
    }

    private static func mountLast(_ joins: [NamespaceJoin]) -> [NamespaceJoin] {
        joins.filter { $0.kind != .mount } + joins.filter { $0.kind == .mount }
    }

    private static func owner(of namespace: FileDescriptor, _ context: String) throws(RuntimeError) -> NamespaceIdentity? {
        do throws(KernelError) {
            let owner = try namespace.owningUserNamespace()
            return try owner.descriptor.namespaceIdentity()
        } catch {
            // EPERM: it is outside of ours, so it is not below the one that is joined either.
            if error.errno == .EPERM { return nil }
            throw RuntimeError(error, context)
        }
    }

    /// Whether a namespace of the kind is joined that belongs to the user namespace that is joined.
    func owns(_ kind: NamespaceKind) -> Bool {
        guard let user = joins.firstIndex(where: { $0.kind == .user }) else { return false }
        return joins[user...].contains { $0.kind == kind }
    }

    /// The user namespace that is joined; nil where none is.
    var user: FileDescriptor? { joins.first { $0.kind == .user }.map { descriptors[Int($0.descriptor)] } }

    /// Throws where a kernel parameter would be set in a namespace that is the caller's own: the host's (CVE-2022-0532).
    func refuseSysctlsOfHost(_ origins: [NamespaceKind: String]) throws(RuntimeError) {
        for join in joins {
            guard let origin = origins[join.kind] else { continue }
            let isOwn = try during("cannot look at the \(join.kind.specName) namespace") { () throws(KernelError) in
                let own = try FileDescriptor.workingDirectory.statusFollowing("/proc/self/ns/\(join.kind.procName)")
                let joined = try descriptors[Int(join.descriptor)].status()
                return own.inode == joined.inode && own.device == joined.device
            }
            if isOwn {
                throw .refused(origin, "the \(join.kind.specName) namespace at '\(join.subject)' is the host's own")
            }
        }
    }

    /// Takes the open files.
    consuming func takeDescriptors() -> DescriptorList { descriptors }
}
