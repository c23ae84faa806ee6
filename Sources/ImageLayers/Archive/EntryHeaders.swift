import LinuxTypes

/// All headers of one entry, until its own is there.
struct EntryHeaders {
    /// Bytes of all of them.
    var size: UInt64 = 0
    var records = PaxRecords()
    /// GNU's types `L` and `K`.
    private var longName: [UInt8]?
    private var longLinkName: [UInt8]?
    /// GNU's type `S`: the file's length and where its data lies.
    var oldMap: (size: UInt64, map: SparseMap)?

    /// One of the headers that stand before an entry's own.
    mutating func read(_ type: UInt8, _ bytes: [UInt8], _ limits: LayerLimits) throws(TarHeader.Malformed) {
        switch type {
        case UInt8(ascii: "x"): try records.read(bytes, limits: limits)
        case UInt8(ascii: "g"):
            if try PaxRecords.hasMeaning(bytes) { throw .init("a global header that changes all entries behind it is not read") }
        case UInt8(ascii: "L"): longName = Array(bytes.prefix { $0 != 0 })
        default: longLinkName = Array(bytes.prefix { $0 != 0 })
        }
    }

    /// The entry, and what of the archive is its data.
    func entry(
        _ header: TarHeader, _ limits: LayerLimits
    ) throws(TarHeader.Malformed) -> (ArchiveEntry, EntryBody) {
        var path = records.sparse.name ?? records.path ?? longName ?? header.name
        let target = records.linkPath ?? longLinkName ?? header.linkName
        let (kind, body) = try kind(header, path: path, target: target)
        // The old form has no type for directories but the slash.
        if case .regular = kind { while path.last == UInt8(ascii: "/") { path.removeLast() } }
        guard header.mode >= 0 else { throw .init("a negative mode") }
        let entry = ArchiveEntry(
            path: path, kind: kind, permissions: UInt32(truncatingIfNeeded: header.mode) & 0o7777,
            uid: try Self.id(records.uid, header.uid, "uid"), gid: try Self.id(records.gid, header.gid, "gid"),
            modified: records.modified ?? FileTime(seconds: header.modified), attributes: records.attributes)
        return (entry, body)
    }

    private func kind(
        _ header: TarHeader, path: [UInt8], target: [UInt8]
    ) throws(TarHeader.Malformed) -> (ArchiveEntry.Kind, EntryBody) {
        switch header.type {
        case UInt8(ascii: "0"), 0, UInt8(ascii: "7"), UInt8(ascii: "S"):
            if header.type == 0 || header.type == UInt8(ascii: "0"), path.last == UInt8(ascii: "/") {
                return (.directory, EntryBody())
            }
            return try regular(header)
        // The size of what has no data says nothing: POSIX lets a directory's be the space to reserve, and old programs gave links their file's.
        case UInt8(ascii: "1"): return (.hardLink(target: target), EntryBody())
        case UInt8(ascii: "2"): return (.symbolicLink(target: target), EntryBody())
        case UInt8(ascii: "3"): return (.characterDevice(try device(header)), EntryBody())
        case UInt8(ascii: "4"): return (.blockDevice(try device(header)), EntryBody())
        case UInt8(ascii: "5"): return (.directory, EntryBody())
        case UInt8(ascii: "6"): return (.fifo, EntryBody())
        default: throw .init("entry '\(printable(path))' has the type '\(printable([header.type]))', which no layer has")
        }
    }

    private func regular(_ header: TarHeader) throws(TarHeader.Malformed) -> (ArchiveEntry.Kind, EntryBody) {
        guard header.dataSize >= 0 || records.size != nil else { throw .init("a negative size") }
        let dataSize = records.size ?? UInt64(header.dataSize)
        guard dataSize < 1 << 62 else { throw .init("a size that no file has") }
        if let oldMap {
            try oldMap.map.check(fileSize: oldMap.size, dataSize: dataSize)
            return (.regular(size: oldMap.size), EntryBody(pieces: oldMap.map.pieces, fileSize: oldMap.size, dataSize: dataSize))
        }
        if records.sparse.isInData {
            guard let size = records.sparse.realSize, size < 1 << 62 else { throw .init("a sparse file without a size") }
            // The pieces come with the data.
            return (.regular(size: size), EntryBody(pieces: [], fileSize: size, dataSize: dataSize))
        }
        if records.sparse.isInRecords {
            guard let size = records.sparse.realSize, size < 1 << 62 else { throw .init("a sparse file without a size") }
            try records.sparse.map.check(fileSize: size, dataSize: dataSize)
            return (.regular(size: size), EntryBody(pieces: records.sparse.map.pieces, fileSize: size, dataSize: dataSize))
        }
        let whole = dataSize > 0 ? [SparseMap.Piece(offset: 0, count: dataSize)] : []
        return (.regular(size: dataSize), EntryBody(pieces: whole, fileSize: dataSize, dataSize: dataSize))
    }

    private func device(_ header: TarHeader) throws(TarHeader.Malformed) -> DeviceNumber {
        // The kernel's dev_t: 12 bits and 20.
        guard 0..<4096 ~= header.major, 0..<(1 << 20) ~= header.minor else {
            throw .init("a device number that Linux does not have")
        }
        return DeviceNumber(major: UInt32(header.major), minor: UInt32(header.minor))
    }

    /// What pax says, else what the header says, which nobody looks at where pax does: it may be cut off.
    private static func id(_ pax: UInt32?, _ value: Int64, _ what: String) throws(TarHeader.Malformed) -> UInt32 {
        if let pax { return pax }
        guard 0..<Int64(UInt32.max) ~= value else { throw .init("the \(what) \(value) is no id: the last is 4294967294") }
        return UInt32(value)
    }
}
