internal import LinuxKernel

/// A record being written.
struct Record {
    var header: RecordHeader
    /// Header, keys part, values, and zeros up to a multiple of 8. The header is written last, when the position is known.
    private(set) var bytes: [UInt8]

    /// Entries that belong together.
    init(_ header: RecordHeader, entries: [Entry]) {
        let length = Self.length(of: entries)
        var header = header
        bytes = [UInt8](unsafeUninitializedCapacity: length) { buffer, filled in
            let record = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<length])
            UnsafeMutableRawBufferPointer(rebasing: record[..<RecordHeader.size]).initializeMemory(as: UInt8.self, repeating: 0)
            var at = RecordHeader.size
            for entry in entries {
                entry.write(into: record, at: at)
                at += entry.sizeInKeysPart
            }
            header.keysLength = at - RecordHeader.size
            header.keysChecksum = crc32c(UnsafeRawBufferPointer(record).part(RecordHeader.size, header.keysLength))
            for entry in entries {
                record.copy(entry.value, to: at)
                at += entry.value.count
            }
            while at < length {
                record[at] = 0
                at += 1
            }
            filled = length
        }
        header.entryCount = entries.count
        header.length = length
        self.header = header
    }

    /// How long a record of entries becomes.
    static func length(of entries: [Entry]) -> Int {
        let bytes = entries.reduce(RecordHeader.size) { $0 + $1.sizeInKeysPart + $1.value.count }
        return (bytes + 7) & ~7
    }

    /// A keys part as it is: for marks, and for records of unknown kinds.
    init(_ header: RecordHeader, keysPart: [UInt8], rest: [UInt8] = [], entryCount: Int = 0) {
        self.header = header
        bytes = [UInt8](repeating: 0, count: RecordHeader.size) + keysPart + rest
        while bytes.count % 8 != 0 { bytes.append(0) }
        self.header.entryCount = entryCount
        self.header.keysLength = keysPart.count
        self.header.keysChecksum = keysPart.withUnsafeBytes { crc32c($0) }
        self.header.length = bytes.count
    }

    /// Seals the record for a position of a store.
    mutating func seal(store: Identifier, position: UInt64, watermark: UInt64) {
        header.watermark = watermark
        let header = header
        bytes.withUnsafeMutableBytes { header.write(into: $0, store: store, position: position) }
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

    /// The same, and each value too.
    var isWhole: Bool {
        guard header.kind == .transaction || header.kind == .carry else { return isIntact }
        // Order: the checksum first, without which no length in it is to be believed.
        return crc32c(keysPart) == header.keysChecksum && hasIntactValues
    }
}
