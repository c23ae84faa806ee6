import LinuxTypes

/// Where the bytes of a sparse file lie: pieces in order, the rest is holes.
struct SparseMap: Hashable {
    struct Piece: Hashable {
        let offset: UInt64
        let count: UInt64
    }

    private(set) var pieces: [Piece] = []

    /// Behind the last one. Throws where it overlaps, or where there are too many.
    mutating func append(offset: UInt64, count: UInt64, limits: LayerLimits) throws(TarHeader.Malformed) {
        let end = pieces.last.map { $0.offset + $0.count } ?? 0
        let (newEnd, overflow) = offset.addingReportingOverflow(count)
        guard offset >= end, !overflow, newEnd < 1 << 62 else { throw .init("the pieces of a sparse file are out of order") }
        // GNU tar ends a map with a piece of no bytes, which says how long the file is.
        if count == 0 { return }
        if UInt64(pieces.count) >= limits.pieces { throw .init(.pieces) }
        pieces.append(Piece(offset: offset, count: count))
    }

    /// Throws where the pieces are not in the file, or not as long as what the archive holds.
    func check(fileSize: UInt64, dataSize: UInt64) throws(TarHeader.Malformed) {
        let end = pieces.last.map { $0.offset + $0.count } ?? 0
        guard end <= fileSize else { throw .init("a piece of a sparse file lies behind its end") }
        guard pieces.reduce(0, { $0 + $1.count }) == dataSize else {
            throw .init("the pieces of a sparse file are not as long as its data")
        }
    }
}

/// GNU's pax records of a sparse file, in its three forms: 0.0 (one record for each number), 0.1 (one record with all), 1.0 (in the data).
struct SparseRecords: Hashable {
    var name: [UInt8]?
    var realSize: UInt64?
    var major: UInt64?
    var map = SparseMap()
    private var offset: UInt64?
    private var hasMap = false

    /// 0.0 or 0.1.
    var isInRecords: Bool { major == nil && (hasMap || realSize != nil) }
    /// 1.0.
    var isInData: Bool { major != nil }

    init() {}

    /// `key` is what stands behind `GNU.sparse.`.
    mutating func set(_ key: String, _ value: [UInt8], _ limits: LayerLimits) throws(TarHeader.Malformed) {
        switch key {
        case "name":
            if value.contains(0) { throw .init("a pax path holds a NUL") }
            name = value.isEmpty ? nil : value
        case "realsize", "size": realSize = try number(value[...])
        case "major":
            major = try number(value[...])
            guard major == 1 else { throw .init("sparse files of version \(major ?? 0) are not read") }
        case "minor":
            guard try number(value[...]) == 0 else { throw .init("a sparse file of an unknown version") }
        case "numblocks": hasMap = true
        case "offset": offset = try number(value[...])
        case "numbytes":
            guard let start = offset else { throw .init("a sparse file's piece has no offset") }
            try map.append(offset: start, count: try number(value[...]), limits: limits)
            offset = nil
            hasMap = true
        case "map":
            map = SparseMap()
            hasMap = true
            if value.isEmpty { return }
            let numbers = value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            guard numbers.count.isMultiple(of: 2) else { throw .init("a sparse file's map has an odd number of numbers") }
            for index in stride(from: 0, to: numbers.count, by: 2) {
                try map.append(offset: try number(numbers[index]), count: try number(numbers[index + 1]), limits: limits)
            }
        default: throw .init("a sparse file with an unknown record")
        }
    }

    private func number(_ value: ArraySlice<UInt8>) throws(TarHeader.Malformed) -> UInt64 {
        guard let number = decimal(value) else { throw .init("a sparse file's map holds what is no number") }
        return number
    }
}
