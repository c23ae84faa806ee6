// How the init gets into its namespaces. See docs/init-sequence.md for the order and the reasons.

public import LinuxTypes

/// One namespace to join. Its file is already open and its kind proved.
public struct NamespaceJoin: Hashable, WireValue {
    public var kind: NamespaceKind
    /// Index into the descriptors that come with the plan.
    public var descriptor: UInt32
    /// The path it was opened from, for messages.
    public var subject: String

    public init(kind: NamespaceKind, descriptor: UInt32, subject: String) {
        self.kind = kind
        self.descriptor = descriptor
        self.subject = subject
    }

    public func write(to writer: inout WireWriter) {
        kind.write(to: &writer)
        descriptor.write(to: &writer)
        subject.write(to: &writer)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        kind = try NamespaceKind(from: &reader)
        descriptor = try UInt32(from: &reader)
        subject = try String(from: &reader)
    }
}

/// The offsets of one clock in a new time namespace, `time_namespaces(7)`.
public struct ClockOffset: Hashable, WireValue {
    /// `monotonic` or `boottime`.
    public var clock: String
    public var seconds: Int64
    public var nanoseconds: UInt32

    public init(clock: String, seconds: Int64, nanoseconds: UInt32) {
        self.clock = clock
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    public func write(to writer: inout WireWriter) {
        clock.write(to: &writer)
        seconds.write(to: &writer)
        nanoseconds.write(to: &writer)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        clock = try String(from: &reader)
        seconds = try Int64(from: &reader)
        nanoseconds = try UInt32(from: &reader)
    }
}

/// A first stage: joins, then makes the container's process as its sibling and ends.
public struct FirstStage: Hashable, WireValue {
    /// The namespaces that the second stage is born into.
    public var created: [NamespaceKind]
    /// Written before any process is inside the new time namespace.
    public var clockOffsets: [ClockOffset]
    /// Whether `created` has a user namespace whose maps the parent writes.
    public var waitsForUserMaps: Bool

    public init(created: [NamespaceKind] = [], clockOffsets: [ClockOffset] = [], waitsForUserMaps: Bool = false) {
        self.created = created
        self.clockOffsets = clockOffsets
        self.waitsForUserMaps = waitsForUserMaps
    }

    public func write(to writer: inout WireWriter) {
        created.write(to: &writer)
        clockOffsets.write(to: &writer)
        waitsForUserMaps.write(to: &writer)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        created = try [NamespaceKind](from: &reader)
        clockOffsets = try [ClockOffset](from: &reader)
        waitsForUserMaps = try Bool(from: &reader)
    }
}
