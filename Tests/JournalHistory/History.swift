/// What processes recorded while they used one store: each operation with the moments before its call and after its answer, and what was
/// watched. Keys are numbers. Each write has an id that no other has, and which all its puts carry as their value. Times are microseconds of the boot-time
/// clock, by which leases are measured.
public struct History: Sendable {
    public var operations: [Operation] = []
    public var streams: [Stream] = []
    /// By process: when it ended. One that is not here lives.
    public var ends: [String: End] = [:]

    public init() {}
}

extension History {
    public enum Action: Sendable {
        case write(Write)
        case read(Read)
        case lease(LeaseAct)
    }

    /// A process was alive until the earliest moment, and was gone at the latest.
    public struct End: Sendable {
        public var earliest: Int64
        public var latest: Int64

        public init(earliest: Int64, latest: Int64) {
            self.earliest = earliest
            self.latest = latest
        }
    }

    public struct Operation: Sendable {
        /// Who made it, for messages.
        public var process: String
        /// Microseconds before the call.
        public var invoked: Int64
        /// After the answer; `never` where there was none, because the process was killed.
        public var responded: Int64
        /// The answer's revision; 0 where there was none, or the answer does not say.
        public var revision: Int64
        public var action: Action

        public static let never = Int64.max

        public init(_ process: String, _ invoked: Int64, _ responded: Int64 = never, revision: Int64 = 0, action: Action) {
            self.process = process
            self.invoked = invoked
            self.responded = responded
            self.revision = revision
            self.action = action
        }
    }

    /// A transaction that puts and deletes, if its condition holds.
    public struct Write: Sendable {
        public struct Change: Hashable, Sendable {
            public var key: UInt32
            public var isDelete: Bool

            public init(_ key: UInt32, isDelete: Bool = false) {
                self.key = key
                self.isDelete = isDelete
            }
        }

        public enum Outcome: Sendable {
            case succeeded
            /// The condition did not hold.
            case failed
            /// An error that says that nothing took place.
            case refused
            /// No answer: it took place or not.
            case unknown
        }

        public var id: UInt64
        /// At least one of them is a put.
        public var changes: [Change]
        /// The first change's key must have been last written at this revision, 0 for a key that does not exist; nil without condition.
        public var condition: Int64?
        /// What its puts hang on: a lease, 0 for none, or `keptLease` for the one that the key has.
        public var lease: Int64
        public var outcome: Outcome

        public static let keptLease: Int64 = -1

        public init(
            _ id: UInt64, _ changes: [Change], if condition: Int64? = nil, lease: Int64 = 0, _ outcome: Outcome = .unknown
        ) {
            self.id = id
            self.changes = changes
            self.condition = condition
            self.lease = lease
            self.outcome = outcome
        }
    }

    /// What was done to a lease.
    public struct LeaseAct: Sendable {
        public enum Kind: Hashable, Sendable {
            /// The answer's revision is the number of the lease.
            case grant(milliseconds: Int64)
            /// As long as the process that asks for it.
            case grantForLife
            case keepAlive(Int64, milliseconds: Int64)
            case revoke(Int64)
        }

        public var kind: Kind
        /// `refused`: there is no such lease. For a keep-alive, not any more: it may have taken place.
        public var outcome: Write.Outcome

        public init(_ kind: Kind, _ outcome: Write.Outcome = .unknown) {
            self.kind = kind
            self.outcome = outcome
        }
    }

    /// A range read, whose answer is complete for its keys.
    public struct Read: Sendable {
        public struct Found: Hashable, Sendable {
            public var key: UInt32
            public var id: UInt64
            public var modRevision: Int64
            /// 0 for none.
            public var lease: Int64
            /// The answer said that its lease is over.
            public var isExpired: Bool

            public init(
                _ key: UInt32, _ id: UInt64, _ modRevision: Int64, lease: Int64 = 0, isExpired: Bool = false
            ) {
                self.key = key
                self.id = id
                self.modRevision = modRevision
                self.lease = lease
                self.isExpired = isExpired
            }
        }

        /// nil for all keys.
        public var key: UInt32?
        /// The older revision that was asked for; nil for the current one.
        public var at: Int64?
        public var found: [Found]

        public init(_ key: UInt32?, at: Int64? = nil, _ found: [Found] = []) {
            self.key = key
            self.at = at
            self.found = found
        }
    }

    /// What one watcher was given, in parts without a hole.
    public struct Stream: Sendable {
        public struct Event: Hashable, Sendable {
            public var revision: Int64
            public var change: Write.Change
            /// 0 for a deletion.
            public var id: UInt64

            public init(_ revision: Int64, _ change: Write.Change, _ id: UInt64) {
                self.revision = revision
                self.change = change
                self.id = id
            }
        }

        public struct Part: Sendable {
            public var from: Int64
            public var through: Int64
            public var events: [Event]

            public init(from: Int64, through: Int64, _ events: [Event]) {
                self.from = from
                self.through = through
                self.events = events
            }
        }

        public var watcher: String
        public var parts: [Part]

        public init(_ watcher: String, _ parts: [Part]) {
            self.watcher = watcher
            self.parts = parts
        }
    }
}
