internal import LinuxKernel

/// The log of one store as this process has read it so far: which segments there are, how far they were read, and what was wrong on the way.
///
/// A position counts the bytes of records since the store began, without the segments' first pages; it names a byte for ever, in whatever segment
/// it lies. Reading is here and in `Log+CatchUp`, writing in `Log+Append`, `Log+Rotation` and `Log+Sync`, what a crash or a failed sync leaves
/// in `Log+Damage` and `Log+Recovery`.
final class Log {
    /// Called with each record in order, and once more with records that were written again elsewhere.
    typealias Sink = (RecordView, SegmentHeader) -> Void

    let disk: any Disk
    let runtime: any Disk
    let options: LogOptions
    let boot: Identifier
    let store: Identifier
    /// nil where the store was opened for reading.
    let locks: Locks?

    var shared: SharedFile
    var doorbell: Doorbell?
    var files: SegmentFiles
    var chain = Chain()
    /// Position behind the last record that was read.
    var tail: UInt64 = 0
    /// The last revision given, as far as was read.
    var revision: Revision = 1
    var compacted: Revision = 0
    var gaps: [Gap] = []
    var repaired: [Range<UInt64>] = []
    /// The highest position that is known to be on the disk from what was read. The shared header may know more.
    var watermark: UInt64 = 0
    /// Where something follows that is neither a record nor empty: a writer whose tail this is leaves it where it is and begins a new segment.
    var tornPosition: UInt64?
    /// The position up to which the tail was looked at for what a power cut may leave behind a hole.
    var inspectedTail: UInt64?
    /// Making a spare segment failed for want of space: what is left is for small changes.
    var isReserveInUse = false
    /// The file `control` cannot be believed: nothing may be written.
    let isControlDamaged: Bool
    var firstSegment: UInt64
    var hasReadAnything = false
    /// The last segment that an index was said to hold; 0 for who reads for himself.
    var followedSegment: UInt64 = 0
    /// While the writer's lock is held: the lease that the shared header says is being kept alive. 0 for none.
    var announcedLease: LeaseID = 0
    /// Nobody looked yet whether a spare segment lies ready.
    var isReserveUnknown = true
    /// The writer's lock is held.
    var isWriting = false
    /// For tests, with `timesLock`, in microseconds.
    var lockedAt: Int64 = 0
    var longestHold: Int64 = 0
    /// While it is held: nobody else has held it since our last append, which went well.
    var isOwnTail = false
    /// Who we are, for those who wait for us: the pid, with a number above it that no other instance has, and when the process started.
    let holder: (pid: UInt64, startTime: UInt64)

    init(disk: any Disk, runtime: any Disk, boot: Identifier, options: LogOptions) throws(JournalError) {
        self.disk = disk
        self.runtime = runtime
        self.boot = boot
        self.options = options
        let found = try StoreIdentity.read(disk)
        // Order: after the format was found to be one that we know. A newer one is not touched.
        let locks = options.isWritable ? try Locks(disk: disk) : nil
        let identity: StoreIdentity
        if let found { identity = found } else { identity = try StoreIdentity.make(disk, locks) }
        self.locks = locks
        // Who only reads holds no lock: nobody asks when he started, and the answer is a file of /proc.
        holder = options.isWritable ? try Self.thisHolder() : (UInt64(currentPID()), 0)
        store = identity.store
        isControlDamaged = identity.isDamaged
        watermark = identity.watermark
        firstSegment = identity.state.firstSegment
        shared = SharedFile(disk: runtime, store: identity.store, boot: boot, isWritable: options.isWritable)
        files = SegmentFiles(disk: disk, isWritable: options.isWritable)
    }

    private static func thisHolder() throws(JournalError) -> (pid: UInt64, startTime: UInt64) {
        let pid = currentPID()
        let startTime = try kernel { () throws(KernelError) in try ownStartTime() }
        let instance = try kernel { () throws(KernelError) in try randomNumber() }
        return (UInt64(pid) | instance << 32, startTime ?? 0)
    }

    func close() {
        files.closeAll()
        shared.close()
        locks?.close()
    }

    var isTailTorn: Bool { tornPosition == tail }

    /// Gaps that nobody has accepted yet.
    var openGaps: [Gap] { gaps.filter { gap in !repaired.contains(gap.positions) } }

    func scan(_ segment: SegmentHeader) throws(JournalError) -> SegmentScan {
        let file = try kernel { () throws(KernelError) in try files.file(segment.number) }
        return SegmentScan(disk: disk, store: store, segment: segment, file: file)
    }
}

/// How a log is kept.
struct LogOptions {
    var isWritable = true
    /// The store lies in memory: nothing is synced or kept in reserve, and segments begin small.
    var isVolatileStore = false
    /// Bytes of a segment; a record that is larger gets a larger one.
    var segmentSize: UInt64 = 4 << 20
    var smallestSegment: UInt64 = 64 << 10
    /// Revisions that are reserved at once.
    var reservation: Revision = 65_536
    /// Whether the index is one that all share, where there can be one.
    var sharesIndex = true
    var timesLock = false
    var clock: any LeaseClock = KernelClock()
}
