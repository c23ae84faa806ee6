internal import LinuxKernel

/// Something that is wrong with a store.
public enum Finding: Hashable, Sendable, CustomStringConvertible {
    case gap(Gap)
    /// A value whose bytes are not what was written.
    case damagedValue(Key, Revision)
    /// A key that hangs on a lease of which nothing is known: nothing will delete it.
    case missingLease(Key, LeaseID)
    /// A file with the name of a segment that is none of this store.
    case foreignSegment(String)
    /// A segment that was given up by a recovery, kept for who wants to look at it until a compaction reaches it.
    case abandonedSegment(String)
    /// What follows the last record is neither a record nor empty: an append was cut off.
    case tornTail(position: UInt64)
    case controlDamaged

    public var description: String {
        switch self {
        case .gap(let gap): "\(gap)"
        case .damagedValue(let key, let revision): "value of '\(key)' at revision \(revision) damaged"
        case .missingLease(let key, let lease): "lease \(lease) of '\(key)' does not exist"
        case .foreignSegment(let name): "'\(name)' is no segment of this store"
        case .abandonedSegment(let name): "'\(name)' was given up by a recovery"
        case .tornTail(let position): "torn tail at position \(position)"
        case .controlDamaged: "the control file is damaged"
        }
    }

    /// Whether something that was promised is lost. The others are traces of a crash.
    public var isDamage: Bool {
        switch self {
        case .gap, .damagedValue, .missingLease, .controlDamaged: true
        case .foreignSegment, .abandonedSegment, .tornTail: false
        }
    }
}

extension Journal {
    /// Reads everything, every value too. Changes nothing.
    public func check() throws(JournalError) -> [Finding] {
        // The segments themselves, whatever an index says of them.
        var options = log.options
        options.isWritable = false
        options.sharesIndex = false
        return try Journal(disk: log.disk, runtime: log.runtime, boot: log.boot, options: options).findings()
    }

    private func findings() throws(JournalError) -> [Finding] {
        var findings: [Finding] = log.openGaps.map { .gap($0) }
        if log.isControlDamaged { findings.append(.controlDamaged) }
        if log.isTailTorn { findings.append(.tornTail(position: log.tail)) }
        findings += try segmentFindings()
        var versions: [([UInt8], Version)] = []
        index.forEachRetained(from: log.compacted) { versions.append(($0, $1)) }
        for (key, version) in versions where !version.isDeleted && !version.flags.contains(.buried) {
            if try isLost(version) { findings.append(.damagedValue(Key(key), version.modRevision)) }
        }
        guard let leases = try readableLeases().map({ Set($0.rows.map(\.id)) }) else { return findings }
        index.forEach(in: .all, at: log.revision) { key, version in
            if version.lease != 0, !leases.contains(version.lease) { findings.append(.missingLease(Key(key), version.lease)) }
            return true
        }
        return findings
    }

    private func isLost(_ version: Version) throws(JournalError) -> Bool {
        if version.flags.contains(.valueLost) { return true }
        return try bytes(of: version) == nil
    }

    /// The index may have been made before the damage: what can be read now is what counts.
    private func rereadDamaged() throws(JournalError) {
        guard try check().contains(where: { if case .gap = $0 { true } else { false } }) else { return }
        index.supersede()
        try leaveIndex()
        try refresh()
    }

    private func segmentFindings() throws(JournalError) -> [Finding] {
        let names = try kernel { () throws(KernelError) in try log.disk.names() }
        var findings: [Finding] = []
        for name in names.sorted() {
            guard let number = SegmentName.number(name), number >= log.firstSegment, log.chain.index(ofNumber: number) == nil
            else {
                continue
            }
            let header = try SegmentHeader.read(log.disk, number)
            findings.append(header?.store == log.store ? .abandonedSegment(name) : .foreignSegment(name))
        }
        return findings
    }

    /// Accepts what is lost: reads are no longer marked. Nothing is removed. A damaged control file is made anew; revisions then go on far above all
    /// that can have been given, and the journal must be opened again. Returns what was accepted.
    @discardableResult
    public func repair() throws(JournalError) -> [Gap] {
        try refresh()
        if log.isControlDamaged {
            try log.remakeControl()
            return []
        }
        if index.isShared { try rereadDamaged() }
        let gaps = log.openGaps
        for gap in gaps {
            let end = try appendMark(.repair) { _ in
                Self.bytes(gap.positions.lowerBound, gap.positions.upperBound)
            }
            try log.makeDurable(upTo: end, revision: log.revision)
        }
        return gaps
    }
}

extension Log {
    /// Writes a control file for a store that has lost it.
    func remakeControl() throws(JournalError) {
        try withSyncLock { () throws(JournalError) in
            var state = ControlFile.State()
            // How many blocks were reserved is not known: nobody gives as many revisions as this between two segments.
            state.reserved = revision + (1 << 32)
            state.firstSegment = chain.segments.first?.number ?? 1
            state.lastSegment = chain.highestNumber
            try StoreIdentity.replaceControl(disk, store: store, state: state)
        }
    }
}
