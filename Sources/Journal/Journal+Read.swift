internal import LinuxKernel
internal import LinuxTypes

extension Journal {
    /// The value of a key now, or at a revision; nil where it does not exist then. Throws where its bytes are damaged, and `gap` where lost history may
    /// have changed it: `range` gives the same with the gaps beside it.
    public func value(of key: Key, at revision: Revision? = nil) throws(JournalError) -> KeyValue? {
        try refresh()
        let found = try withoutMoving { () throws(JournalError) -> KeyValue? in
            let revision = try checked(revision)
            guard !OwnKeys.contains(key.bytes), let version = index.version(of: key.bytes, at: revision) else { return nil }
            var found = try keyValue(key.bytes, version, withValue: true)
            if version.lease != 0, revision == log.revision { found.isLeaseExpired = try hasExpired(version.lease) }
            return found
        }
        if !log.gaps.isEmpty, let gap = affecting(.key(key), at: revision ?? log.revision).first { throw .gap(gap) }
        guard let found else { return nil }
        if found.isValueDamaged { throw .valueDamaged(key, found.modRevision) }
        return found
    }

    /// The keys of a range; of those whose bytes `isWanted` refuses nothing is read.
    public func range(
        _ request: RangeRequest, where isWanted: ((UnsafeRawBufferPointer) -> Bool)? = nil
    ) throws(JournalError) -> RangeAnswer {
        try refresh()
        return try withoutMoving { () throws(JournalError) in try read(request, where: isWanted) }
    }

    /// Reads again where values moved meanwhile: a compaction writes them elsewhere and removes the segment. And where a deadline was met that had passed.
    func withoutMoving<Result>(_ body: () throws(JournalError) -> Result) throws(JournalError) -> Result {
        for _ in 0..<16 {
            do throws(JournalError) {
                let result = try body()
                if doubt == .open {
                    try settleDeadlines()
                } else if index.isBroken {
                    try refresh()
                } else {
                    return result
                }
            } catch {
                guard case .kernel(let cause) = error, cause.errno == .ENOENT else { throw error }
                log.files.closeAll()
                try refresh()
            }
        }
        return try body()
    }

    /// Reads from what is known, without looking for news.
    func read(
        _ request: RangeRequest, where isWanted: ((UnsafeRawBufferPointer) -> Bool)? = nil
    ) throws(JournalError) -> RangeAnswer {
        let revision = try checked(request.revision)
        let gaps = affecting(request.keys, at: revision)
        if request.countOnly {
            let count = index.count(in: request.keys, at: revision, where: isWanted)
            return RangeAnswer(keyValues: [], count: count, revision: log.revision, gaps: gaps)
        }
        let isOrdered = request.target == .key && request.order == .ascending
        let limit = request.limit > 0 ? request.limit : Int.max
        var keyValues: [KeyValue] = []
        var count = 0
        var failure: JournalError?
        let needsValue = !request.keysOnly || request.target == .value
        index.forEach(in: request.keys, at: revision, where: isWanted) { key, version in
            count += 1
            guard !isOrdered || keyValues.count < limit else { return true }
            do throws(JournalError) {
                keyValues.append(try keyValue(key, version, withValue: needsValue))
                if version.lease != 0, revision == log.revision {
                    keyValues[keyValues.count - 1].isLeaseExpired = try hasExpired(version.lease)
                }
            } catch { failure = error }
            return failure == nil
        }
        if let failure { throw failure }
        return RangeAnswer(keyValues: arranged(keyValues, request), count: count, revision: log.revision, gaps: gaps)
    }

    /// The revision to read at: one that is given and not compacted.
    func checked(_ revision: Revision?) throws(JournalError) -> Revision {
        guard let revision, revision > 0 else { return log.revision }
        if revision > log.revision { throw .futureRevision(log.revision) }
        if revision < log.compacted { throw .compacted(log.compacted) }
        return revision
    }

    /// Keys and values, given in the order of keys, as a request wants them.
    func arranged(_ all: [KeyValue], _ request: RangeRequest) -> [KeyValue] {
        let limit = request.limit > 0 ? request.limit : Int.max
        var result = request.target == .key && request.order == .ascending ? all : sorted(all, request)
        result.removeLast(max(0, result.count - limit))
        if request.keysOnly { for at in result.indices { result[at].value = [] } }
        return result
    }

    private func sorted(_ all: [KeyValue], _ request: RangeRequest) -> [KeyValue] {
        let descending = request.order == .descending
        func before<Value: Comparable>(_ value: (KeyValue) -> Value) -> [KeyValue] {
            // Equal ones stay in the order of their keys.
            all.enumerated().sorted { left, right in
                let (a, b) = (value(left.element), value(right.element))
                if a != b { return descending ? b < a : a < b }
                return left.offset < right.offset
            }.map(\.element)
        }
        return switch request.target {
        case .key: before { $0.key }
        case .version: before { $0.version }
        case .createRevision: before { $0.createRevision }
        case .modRevision: before { $0.modRevision }
        case .value: before { Key($0.value) }
        }
    }

    /// A version with its value from the segment.
    func keyValue(_ key: [UInt8], _ version: Version, withValue: Bool) throws(JournalError) -> KeyValue {
        var result = KeyValue(
            key: Key(key), value: [], createRevision: version.createRevision, modRevision: version.modRevision,
            version: version.version, lease: version.lease, isVolatile: version.flags.contains(.volatile),
            isFromEarlierBoot: version.flags.contains(.earlierBoot), isValueDamaged: version.flags.contains(.valueLost))
        if !withValue || result.isValueDamaged { return result }
        if let value = try bytes(of: version) { result.value = value } else { result.isValueDamaged = true }
        return result
    }

    /// The bytes of a value; nil where they are not what was written.
    func bytes(of version: Version) throws(JournalError) -> [UInt8]? {
        if version.valueLength == 0 { return version.valueChecksum == 0 ? [] : nil }
        if let value = index.value(of: version) { return value }
        let bytes = try kernel { () throws(KernelError) in
            let file = try log.files.file(UInt64(version.location.segment))
            return try log.disk.read(file, at: UInt64(version.location.offset), count: Int(version.valueLength))
        }
        guard bytes.count == Int(version.valueLength), bytes.withUnsafeBytes({ crc32c($0) }) == version.valueChecksum else {
            return nil
        }
        return bytes
    }

    /// The gaps that may have changed what a range is at a revision: a key that was written after one is what it is, whatever was lost before.
    func affecting(_ keys: KeyRange, at revision: Revision) -> [Gap] {
        let open = log.openGaps
        if open.isEmpty { return [] }
        var written: Revision?
        if keys.isSingle { written = index.version(of: keys.lower, at: revision)?.modRevision }
        return open.filter { gap in
            guard gap.first <= revision else { return false }
            return written.map { $0 <= gap.last } ?? true
        }
    }
}
