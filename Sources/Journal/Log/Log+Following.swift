internal import LinuxKernel

// A process that follows the shared index has not read the log: how far the index holds it is as far as it has read.

extension Log {
    /// What an index that holds all that was read may say of it; nil where it may not be shared. Each process is to see damage itself; and behind a tail
    /// that was not looked at there may be records that a power cut left behind a hole.
    var publication: IndexPublication? {
        guard hasReadAnything, gaps.isEmpty, !isTailTorn, inspectedTail == tail, !isControlDamaged else { return nil }
        var publication = IndexPublication()
        publication.tail = tail
        publication.revision = revision
        publication.compacted = compacted
        publication.watermark = watermark
        publication.segment = chain.last?.number ?? 0
        publication.base = chain.last?.base ?? 0
        return publication
    }

    /// Goes on from where an index is.
    func follow(_ publication: IndexPublication) {
        tail = publication.tail
        revision = publication.revision
        compacted = publication.compacted
        watermark = max(watermark, publication.watermark)
        followedSegment = publication.segment
        gaps = []
        tornPosition = nil
        // Whoever published it has looked, and since then nobody's power failed.
        inspectedTail = tail
        hasReadAnything = true
    }

    /// Finds the segments, for one who follows an index and wants to read them. Moves nothing else.
    func findChain(isForced: Bool = false) throws(JournalError) {
        guard followedSegment != 0, isForced || chain.last?.number != followedSegment else { return }
        let before = (tail, inspectedTail, tornPosition)
        _ = try refreshChain()
        (tail, inspectedTail, tornPosition) = before
    }

    /// Whether something stands behind the tail that an index says to be the last: somebody was killed before he told. nil where that cannot
    /// be seen.
    func hasNews(behind publication: IndexPublication) -> Bool? {
        guard publication.segment != 0, publication.base <= publication.tail else { return false }
        var (segment, base) = (publication.segment, publication.base)
        // We began a new segment, and our first record in it failed: nothing was published since.
        if let last = chain.last, last.number > segment, last.base <= publication.tail {
            (segment, base) = (last.number, last.base)
        }
        let offset = publication.tail - base + UInt64(SegmentHeader.size)
        do throws(KernelError) {
            return try disk.read(try files.file(segment), at: offset, count: 8).contains { $0 != 0 }
        } catch {
            // As where the segment went meanwhile: then it is not the last any more.
            return nil
        }
    }
}
