public import StrictTree

/// Where a container is in its life.
public enum Status: String, CaseIterable, Hashable, Sendable {
    case creating, created, running, stopped
    /// Not in the specification; runc and crun have it.
    case paused
}

/// What `state` prints and hooks read, with runc's additions. nil members are left out.
public struct State: Equatable, Sendable {
    public var ociVersion: String
    public var id: String
    public var status: Status
    /// 0 where the container is stopped.
    public var pid: Int32
    /// Absolute.
    public var bundle: String
    /// Absolute; for `state`, not for hooks, as the next two.
    public var rootfs: String?
    /// RFC 3339 in UTC.
    public var created: String?
    /// The name of the user who created it; empty where unknown.
    public var owner: String?
    public var annotations: OrderedMap<String>

    public init(
        ociVersion: String = Configuration.specVersion, id: String, status: Status, pid: Int32, bundle: String,
        rootfs: String? = nil, created: String? = nil, owner: String? = nil, annotations: OrderedMap<String> = [:]
    ) {
        self.ociVersion = ociVersion
        self.id = id
        self.status = status
        self.pid = pid
        self.bundle = bundle
        self.rootfs = rootfs
        self.created = created
        self.owner = owner
        self.annotations = annotations
    }

    /// runc's order of members. `state` prints it with `.spaces(2)`, hooks read it compact.
    public func json(_ layout: JSONWriter.Layout) -> [UInt8] {
        var json = JSONWriter(layout)
        json.object { writeMembers(to: &$0) }
        return json.bytes
    }

    /// Writes the members; the caller opens the object, as `list` and the seccomp agent's message need.
    public func writeMembers(to json: inout JSONWriter) {
        json.member("ociVersion", ociVersion)
        json.member("id", id)
        json.member("pid", pid)
        json.member("status", status.rawValue)
        json.member("bundle", bundle)
        json.member("rootfs", rootfs)
        json.member("created", created)
        json.map("annotations", annotations)
        json.member("owner", owner)
    }
}
