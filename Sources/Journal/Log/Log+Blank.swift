internal import LinuxKernel

// Space that is only reserved costs a sync more than space that holds zeros: the file system must note which blocks hold something now, in its own journal
// and with a flush of its own. So zeros are written ahead, many blocks in one go, and the syncs that follow find them there.

extension Log {
    /// Bytes of zeros that are written at once.
    private static let blankLength: UInt64 = 256 << 10
    private static let blankPart = 32 << 10

    /// Writes zeros behind the tail of the last segment, if there are none yet. Under the writer's lock, with all told: nothing else stands there. It is
    /// only a help: what is wrong with the disk is met by who writes more than zeros.
    func blankAhead(of segment: SegmentHeader, _ file: DiskFile) {
        guard disk.writesInPlace, !options.isVolatileStore else { return }
        do throws(JournalError) {
            guard let state = try shared.readHeld() else { return }
            let end = segment.offset(of: tail)
            let number = UInt64(UInt32(truncatingIfNeeded: segment.number))
            let known = state[.blank] >> 32 == number ? state[.blank] & 0xffff_ffff : 0
            // The block of the tail holds something already.
            let start = (end + 4095) & ~4095
            let stop = min(start + Self.blankLength, segment.offset(of: segment.limit))
            guard end > known, start < stop else { return }
            try kernel { () throws(KernelError) in try writeZeros(file, start..<stop) }
            try shared.write(.blank, [number << 32 | stop])
        } catch {}
    }

    /// In parts: who only appends stays small.
    private func writeZeros(_ file: DiskFile, _ range: Range<UInt64>) throws(KernelError) {
        let zeros = [UInt8](repeating: 0, count: min(Self.blankPart, Int(range.upperBound - range.lowerBound)))
        var at = range.lowerBound
        while at < range.upperBound {
            let count = min(zeros.count, Int(range.upperBound - at))
            try disk.write(file, at: at, Array(zeros[..<count]))
            at += UInt64(count)
        }
    }
}
