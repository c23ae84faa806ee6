internal import LinuxKernel

/// Who a store is and what its file `control` says.
struct StoreIdentity {
    var store: Identifier
    var state: ControlFile.State
    var watermark: UInt64
    var isDamaged = false

    /// Makes a store where there is none. Without locks none may be made.
    static func make(_ disk: any Disk, _ locks: Locks?) throws(JournalError) -> StoreIdentity {
        guard let locks else { throw .notAJournal(reason: "no file '\(ControlFile.name)'") }
        guard try locks.take(.sync, patience: Locks.syncPatience) else { throw .busy(LockHolder(pid: 0)) }
        defer { locks.release(.sync) }
        // Order: looked for again under the lock, since another process may have made it.
        if let found = try read(disk) { return found }
        return try make(disk)
    }

    /// nil where there is no store.
    static func read(_ disk: any Disk) throws(JournalError) -> StoreIdentity? {
        let bytes = try controlBytes(disk)
        guard let bytes else { return try fromSegments(disk) }
        var identity: Identifier?
        var failure: JournalError?
        bytes.withUnsafeBytes { bytes in
            do throws(JournalError) { identity = try ControlFile.identity(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
        let state = bytes.withUnsafeBytes { ControlFile.state($0) }
        let watermark = bytes.withUnsafeBytes { ControlFile.watermark($0) }
        guard let identity, let state else {
            if var found = try fromSegments(disk) {
                found.watermark = watermark
                return found
            }
            throw .notAJournal(reason: "the file '\(ControlFile.name)' is damaged and there are no segments")
        }
        return StoreIdentity(store: identity, state: state, watermark: watermark)
    }

    private static func controlBytes(_ disk: any Disk) throws(JournalError) -> [UInt8]? {
        try kernel { () throws(KernelError) in
            guard let file = try disk.openIfPresent(ControlFile.name, writable: false) else { return nil }
            defer { disk.close(file) }
            return try disk.read(file, at: 0, count: ControlFile.size)
        }
    }

    /// Without a control file the segments still know whose they are: the store can be read. nil where there are none.
    private static func fromSegments(_ disk: any Disk) throws(JournalError) -> StoreIdentity? {
        let names = try kernel { () throws(KernelError) in try disk.names() }
        var counts: [Identifier: Int] = [:]
        for number in names.compactMap({ SegmentName.number($0) }) {
            if let header = try SegmentHeader.read(disk, number) { counts[header.store, default: 0] += 1 }
        }
        let best = counts.max { ($0.value, $0.key.first) < ($1.value, $1.key.first) }
        guard let best else { return nil }
        return StoreIdentity(store: best.key, state: ControlFile.State(), watermark: 0, isDamaged: true)
    }

    /// Order: all of it is on the disk before it has its name, so that a crash leaves a store or none.
    private static func make(_ disk: any Disk) throws(JournalError) -> StoreIdentity {
        let store = try kernel { () throws(KernelError) in try Identifier.random() }
        let state = ControlFile.State()
        try replaceControl(disk, store: store, state: state)
        return StoreIdentity(store: store, state: state, watermark: 0)
    }

    /// Writes a new control file and puts it in place of whatever is there.
    static func replaceControl(_ disk: any Disk, store: Identifier, state: ControlFile.State) throws(JournalError) {
        let page = ControlFile.identityPage(store: store, time: wallNanoseconds())
        let bytes = page + ControlFile.statePage(state) + ControlFile.statePage(state) + ControlFile.watermarkPage(0)
        let temporary = ControlFile.name + ".new"
        try kernel { () throws(KernelError) in
            try disk.removeIfPresent(temporary)
            let file = try disk.create(temporary)
            defer { disk.close(file) }
            try disk.write(file, at: 0, bytes)
            try disk.sync(file)
            try disk.rename(temporary, to: ControlFile.name)
            try disk.syncNames()
        }
    }

    /// Changes the state in the control file, on the disk when it returns. Under the sync lock.
    static func update(
        _ disk: any Disk, _ change: (inout ControlFile.State) -> Void
    ) throws(JournalError) -> ControlFile.State {
        guard let bytes = try controlBytes(disk), var state = bytes.withUnsafeBytes({ ControlFile.state($0) }) else {
            throw .controlDamaged
        }
        change(&state)
        state.sequence += 1
        let offset = UInt64(ControlFile.pageNumber(sequence: state.sequence) * ControlFile.page)
        try kernel { () throws(KernelError) in
            let file = try disk.open(ControlFile.name, writable: true)
            defer { disk.close(file) }
            try disk.write(file, at: offset, ControlFile.statePage(state))
            try disk.sync(file)
        }
        return state
    }
}

extension SegmentHeader {
    /// The header of the segment with this number; nil where the file is gone or its first page is none of this number.
    static func read(_ disk: any Disk, _ number: UInt64) throws(JournalError) -> SegmentHeader? {
        let page = try kernel { () throws(KernelError) in
            guard let file = try disk.openIfPresent(SegmentName.string(number), writable: false) else { return [UInt8]() }
            defer { disk.close(file) }
            return try disk.read(file, at: 0, count: size)
        }
        var header: SegmentHeader?
        var failure: JournalError?
        page.withUnsafeBytes { page in
            do throws(JournalError) { header = try SegmentHeader(page) } catch { failure = error }
        }
        if let failure { throw failure }
        return header?.number == number ? header : nil
    }
}
