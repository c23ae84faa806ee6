internal import LinuxKernel
public import LinuxTypes

/// A store of keys and values with history, in a directory, shared by any number of processes without a server.
///
/// One instance belongs to one thread; each process opens its own. Reading takes no lock and waits for nobody. What other processes wrote is seen by the
/// next call. See docs/journal.md for the model and docs/journal-format.md for the bytes.
public final class Journal {
    let log: Log
    var index = Index.placeholder()
    /// What the shared index said last.
    var followed = IndexPublication()
    /// What was left while the writer's lock was held: giving much memory back takes milliseconds.
    var retired: Index?
    /// A generation that we do not go back to.
    var refusedGeneration: UInt64 = 0
    /// Whether there may be a shared index that we have not seen.
    var wantsToJoin = true
    /// The last segment when we tried to share our own index.
    var lastShared: UInt64?
    /// Whether a record came into the index since somebody asked.
    var hasApplied = false
    /// The leases as they were read last.
    var knownLeases: (revision: Revision, table: LeaseTable)?
    /// Which leases have expired, as far as one read has asked.
    var leaseLook: LeaseLook?
    /// When what is known was not older than this: milliseconds of the clock of leases. 0 where there were none.
    var moment: UInt64 = 0
    /// What one read knows of deadlines that had passed by that moment.
    var doubt = DeadlineDoubt.none
    /// The PID namespace that we are in, asked once: no process leaves its own.
    lazy var pidNamespace = log.options.clock.namespace

    /// Opens the store in a directory, which is made where it is missing and `isWritable`. `runDirectory` lies on a file system that dies with the boot,
    /// and all users of a store name the same one; nil is the directory itself, for a store that lies there too. For reading, the
    /// run directory need not exist: then nobody has written in this boot.
    public static func open(
        _ directory: HostPath, runDirectory: HostPath? = nil, isWritable: Bool = true
    ) throws(JournalError) -> Journal {
        let disk = try KernelDisk(directory, create: isWritable)
        let runtime = try runtimeDisk(runDirectory, isWritable) ?? disk
        let text = try kernel { () throws(KernelError) in try bootID() }
        guard let boot = Identifier(hexadecimal: text) else { throw .notAJournal(reason: "the boot id '\(text)' is none") }
        var options = LogOptions()
        options.isWritable = isWritable
        options.isVolatileStore = disk.isVolatile
        return try Journal(disk: disk, runtime: runtime, boot: boot, options: options)
    }

    /// nil where there is none: the store's own directory then has no shared header either.
    private static func runtimeDisk(_ directory: HostPath?, _ isWritable: Bool) throws(JournalError) -> KernelDisk? {
        guard let directory else { return nil }
        do throws(JournalError) {
            return try KernelDisk(directory, create: isWritable)
        } catch {
            guard case .kernel(let cause) = error, cause.errno == .ENOENT, !isWritable else { throw error }
            return nil
        }
    }

    /// On any disk, at any boot.
    init(disk: any Disk, runtime: any Disk, boot: Identifier, options: LogOptions) throws(JournalError) {
        log = try Log(disk: disk, runtime: runtime, boot: boot, options: options)
        do throws(JournalError) {
            try refresh()
            if index.isShared { try settle() } else { share() }
        } catch {
            log.close()
            throw error
        }
    }

    deinit { log.close() }

    /// Takes a record into the index.
    func take(_ record: RecordView, _ segment: SegmentHeader) {
        hasApplied = true
        guard record.header.kind == .transaction || record.header.kind == .carry else { return }
        let start = segment.offset(of: record.position)
        let number = UInt32(truncatingIfNeeded: segment.number)
        var flags: Version.Flags = []
        if !record.header.isDurable {
            flags.insert(.volatile)
            if record.header.boot != log.boot { flags.insert(.earlierBoot) }
        }
        let isIn = index.apply(record) { entry in
            var own = flags
            if entry.isDelete { own.insert(.deleted) }
            if entry.isValueLost { own.insert(.valueLost) }
            let location = ValueLocation(
                segment: number, offset: UInt32(truncatingIfNeeded: start) + UInt32(entry.valueOffset))
            return Version(
                modRevision: entry.modRevision, createRevision: entry.createRevision, version: entry.version, lease: entry.lease,
                location: location, valueLength: UInt32(entry.valueLength), valueChecksum: entry.valueChecksum, flags: own)
        }
        // No space for it: nobody can follow this index any more.
        if !isIn { endIndex() }
    }

    /// Which store it is: 32 hexadecimal digits that it was given when it was made, and that no other has, but a copy of it.
    public var identity: String { log.store.description }

    /// The current revision.
    public func revision() throws(JournalError) -> Revision {
        try refresh()
        return log.revision
    }

    /// History before this revision is given up; 0 for none.
    public var compactedRevision: Revision { log.compacted }

    /// History that is lost and that nobody has accepted with `repair` yet.
    public func gaps() throws(JournalError) -> [Gap] {
        try refresh()
        return log.openGaps
    }
}
