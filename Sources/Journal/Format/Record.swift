internal import LinuxKernel

/// A record being written.
struct Record {
    var header: RecordHeader
    /// Header, keys part, values, and zeros up to a multiple of 8. The header is written last, when the position is known.
    private(set) var bytes: [UInt8]

    /// Entries that belong together.
    init(_ header: RecordHeader, entries: [Entry]) {
        var keysLength = 0
        var valuesLength = 0
        for entry in entries {
            keysLength += entry.sizeInKeysPart
            valuesLength += entry.value.count
        }
        self.header = header
        bytes = [UInt8](repeating: 0, count: RecordHeader.size)
        bytes.reserveCapacity(RecordHeader.size + keysLength + valuesLength + 8)
        for entry in entries { entry.append(to: &bytes) }
        finishKeys(entryCount: entries.count)
        for entry in entries { bytes.append(contentsOf: entry.value) }
        finish()
    }

    /// How long a record of entries becomes.
    static func length(of entries: [Entry]) -> Int {
        let bytes = entries.reduce(RecordHeader.size) { $0 + $1.sizeInKeysPart + $1.value.count }
        return (bytes + 7) & ~7
    }

    /// A keys part as it is: for marks, and for records of unknown kinds.
    init(_ header: RecordHeader, keysPart: [UInt8], rest: [UInt8] = [], entryCount: Int = 0) {
        self.header = header
        bytes = [UInt8](repeating: 0, count: RecordHeader.size) + keysPart
        finishKeys(entryCount: entryCount)
        bytes += rest
        finish()
    }

    private mutating func finishKeys(entryCount: Int) {
        header.entryCount = entryCount
        header.keysLength = bytes.count - RecordHeader.size
        header.keysChecksum = bytes.withUnsafeBytes { crc32c(UnsafeRawBufferPointer(rebasing: $0[RecordHeader.size...])) }
    }

    private mutating func finish() {
        while bytes.count % 8 != 0 { bytes.append(0) }
        header.length = bytes.count
    }

    /// Seals the record for a position of a store.
    mutating func seal(store: Identifier, position: UInt64, watermark: UInt64) {
        header.watermark = watermark
        header.write(into: &bytes, store: store, position: position)
    }
}

/// A record in a buffer, valid as long as that is.
struct RecordView {
    let header: RecordHeader
    let position: UInt64
    /// The whole record.
    let bytes: UnsafeRawBufferPointer

    var keysPart: UnsafeRawBufferPointer { bytes.part(RecordHeader.size, header.keysLength) }

    /// Calls `body` with each entry in order. False, possibly after some calls, where the keys part is not made of entries.
    func forEachEntry(_ body: (EntryView) -> Void) -> Bool {
        var at = 0
        var valueOffset = RecordHeader.size + header.keysLength
        let keys = keysPart
        for _ in 0..<header.entryCount {
            guard let entry = Self.entry(in: keys, at: at, valueOffset: valueOffset) else { return false }
            at += Entry.fixedSize + entry.key.count
            valueOffset += entry.valueLength
            guard valueOffset <= header.length else { return false }
            body(entry)
        }
        return at == keys.count
    }

    private static func entry(in keys: UnsafeRawBufferPointer, at start: Int, valueOffset: Int) -> EntryView? {
        guard keys.count - start >= Entry.fixedSize else { return nil }
        let kind = keys[start]
        let keyLength = Int(keys.number(UInt32.self, at: start + 4))
        guard kind == 1 || kind == 2, keys.count - start - Entry.fixedSize >= keyLength else { return nil }
        return EntryView(
            isDelete: kind == 2, isValueLost: keys[start + 1] & 1 != 0, key: keys.part(start + Entry.fixedSize, keyLength),
            valueOffset: valueOffset, valueLength: Int(keys.number(UInt32.self, at: start + 8)),
            valueChecksum: keys.number(UInt32.self, at: start + 12), createRevision: keys.number(Int64.self, at: start + 16),
            version: keys.number(Int64.self, at: start + 24), modRevision: keys.number(Int64.self, at: start + 32),
            lease: keys.number(Int64.self, at: start + 40))
    }

    /// Whether each value is what was written. Asked of records that may be torn; below the watermark a damaged value is one key's matter.
    var hasIntactValues: Bool {
        guard header.kind == .transaction || header.kind == .carry else { return true }
        var intact = true
        let whole = forEachEntry { entry in
            let value = bytes.part(entry.valueOffset, entry.valueLength)
            if intact, crc32c(value) != entry.valueChecksum { intact = false }
        }
        return whole && intact
    }

    /// Whether the keys part is what was written: its checksum, and entries up to its end where the kind has entries.
    var isIntact: Bool {
        guard crc32c(keysPart) == header.keysChecksum else { return false }
        switch header.kind {
        case .transaction, .carry: return forEachEntry { _ in }
        case .compaction: return header.keysLength == 8
        case .repair: return header.keysLength == 16
        default: return true
        }
    }
}
