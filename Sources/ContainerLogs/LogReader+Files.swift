public import LinuxKernel
import LinuxTypes

extension LogReader {
    /// Reports writes and rotations of this log to a watch, which may serve several. `next()` is asked after each; and again after this, since something
    /// may have come before. Throws `noLog` while the log has no directory.
    public func report(to watch: borrowing ModificationWatch) throws(LogError) {
        do throws(KernelError) {
            let directory = try place.open()
            try watch.addDirectory(directory.descriptor, subject: "\(place)")
        } catch let error where error.errno == .ENOENT {
            throw .noLog("\(place)")
        } catch { throw .kernel(error) }
    }

    /// Opens the file in which the last lines begin. Returns how many lines that end in it, or behind it, are not wanted; nil where a file of the listing
    /// has another name by now.
    func begin(_ listing: LogListing, tail: Int) throws(LogError) -> Int? {
        var search = TailSearch(lines: tail)
        var unwanted = 0
        for index in listing.entries.indices.reversed() {
            guard let source = try LogSource.open(listing.entries[index], place) else { return nil }
            let file = source.handle.descriptor
            // With no lines wanted, what is there is all too old.
            if tail == 0 {
                let end = try kernel { () throws(KernelError) in try BackwardRecords.open(file).wholeEnd }
                use(source, listing, index, from: end)
                return 0
            }
            search.enterFile()
            try kernel { () throws(KernelError) in
                var records = try BackwardRecords.open(file)
                while !search.isDone, try records.previous({ search.take($0, at: $1) }) {}
            }
            if let start = search.start {
                unwanted = search.unwanted
                use(source, listing, index, from: start)
            }
            if search.isDone { break }
        }
        return unwanted
    }

    /// Opens the oldest file that may hold something since a time, and the one before: lines that began there may end here, and are too old.
    /// Returns what the other one does.
    func begin(_ listing: LogListing, since: WallTime?) throws(LogError) -> Int? {
        var first = 0
        for index in listing.entries.indices.dropLast() where since != nil {
            guard let source = try LogSource.open(listing.entries[index], place) else { return nil }
            let file = source.handle.descriptor
            let last = try kernel { () throws(KernelError) in try lastTime(file) }
            // Order: after the call that uses it by its number.
            _ = consume source
            guard let since, let last, last.isBefore(since) else { break }
            first = index
        }
        if listing.entries.isEmpty { return 0 }
        guard let source = try LogSource.open(listing.entries[first], place) else { return nil }
        use(source, listing, first, from: 0)
        return 0
    }

    private func lastTime(_ file: FileDescriptor) throws(KernelError) -> WallTime? {
        var records = try BackwardRecords.open(file)
        var time: WallTime?
        while time == nil, try records.previous({ bytes, _ in time = LogRecord(bytes)?.time }) {}
        return time
    }

    private func use(_ source: consuming LogSource, _ listing: LogListing, _ index: Int, from offset: Int64) {
        floor = listing.entries[...index].last { $0.rotated != nil }?.rotated
        hasSuccessor = false
        records = ForwardRecords(source, from: offset)
    }

    /// The present file has no whole record left. Whether there may be more: in it, now that a younger one is known, or in the younger one.
    func readOn() throws(LogError) -> Bool {
        while true {
            let listing = try LogListing.read(place)
            guard let (index, isOutrun) = successor(in: listing) else { return false }
            if records != nil, !hasSuccessor {
                // Order: after the younger file is seen. Whoever wrote to this one has ended that before, and what it wrote is to be read.
                hasSuccessor = true
                return true
            }
            guard let source = try LogSource.open(listing.entries[index], place) else { continue }
            if isOutrun { omissions.isOutrun = true }
            if records?.withTorn({ _ in }) != nil { omissions.malformed += 1 }
            use(source, listing, index, from: 0)
            return true
        }
    }

    /// The file after the present one, and whether the present one is gone, so that others may be as well.
    private func successor(in listing: LogListing) -> (index: Int, isOutrun: Bool)? {
        guard let (device, inode) = presentFile else { return listing.entries.isEmpty ? nil : (0, false) }
        if let index = listing.entries.firstIndex(where: { $0.device == device && $0.inode == inode }) {
            // It may have been renamed since.
            floor = listing.entries[...index].last { $0.rotated != nil }?.rotated
            return index + 1 < listing.entries.count ? (index + 1, false) : nil
        }
        let next = listing.entries.firstIndex { entry in
            guard let rotated = entry.rotated, let floor else { return true }
            return floor < rotated
        }
        return next.map { ($0, true) }
    }

    private var presentFile: (device: UInt64, inode: UInt64)? {
        guard let device = records?.source.entry.device, let inode = records?.source.entry.inode else { return nil }
        return (device, inode)
    }
}
