/// A PersistentVolumeClaim: a volume with a name of its own, that outlives the pods that use it.
public struct VolumeClaim: Equatable, Sendable {
    public var metadata: ObjectMeta
    /// Who may use it at a time; empty where nobody says.
    public var accessModes: [AccessMode]
    /// Bytes that are asked for; nil where nobody says. Kept for whoever looks, not enforced.
    public var size: Quantity?

    public init(_ metadata: ObjectMeta, accessModes: [AccessMode] = [], size: Quantity? = nil) {
        self.metadata = metadata
        self.accessModes = accessModes
        self.size = size
    }

    /// How many may use a volume, and how.
    public enum AccessMode: String, FieldChoice {
        /// All pods of this machine, which is the one node there is.
        case once = "ReadWriteOnce"
        case onlyForReading = "ReadOnlyMany"
        case many = "ReadWriteMany"
        /// One pod.
        case oncePod = "ReadWriteOncePod"

        public static let noun = "access mode"
    }

    /// Whether containers may only read it.
    public var isReadOnly: Bool { !accessModes.isEmpty && accessModes.allSatisfy { $0 == .onlyForReading } }

    /// Whether one pod at a time may use it.
    public var isForOnePod: Bool { accessModes == [.oncePod] }
}
