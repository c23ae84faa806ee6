import LinuxTypes

/// What of an entry's data has not been read.
struct EntryBody {
    /// Where the file's bytes go, in order; only what is still to come.
    var pieces: ArraySlice<SparseMap.Piece> = []
    /// The file's length, holes included.
    var fileSize: UInt64 = 0
    /// Bytes in the archive that are still to come, without padding.
    var dataSize: UInt64 = 0
    /// Zeros behind the data, up to the next header.
    var padding: UInt64 = 0
    /// Bytes of the file that `read(into:)` has given.
    var given: UInt64 = 0

    init() {}

    init(pieces: [SparseMap.Piece], fileSize: UInt64, dataSize: UInt64) {
        self.pieces = pieces[...]
        self.fileSize = fileSize
        self.dataSize = dataSize
        padding = (512 - dataSize % 512) % 512
    }
}

extension ArchiveReader {
    /// The current entry's data: calls `body` with a place in the file and some bytes that belong there, in order. What lies between is a hole.
    public func readPieces(
        _ body: (UInt64, UnsafeRawBufferPointer) throws(LayerError) -> Void
    ) throws(LayerError) {
        while let piece = self.body.pieces.first {
            let count = try withBytes(atMost: piece.count) { bytes throws(LayerError) in
                try body(piece.offset, bytes)
                return UInt64(bytes.count)
            }
            took(count, of: piece)
        }
    }

    /// The current entry's data with zeros for holes: fills a part of the buffer and says how much; 0 is the end of the file.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(LayerError) -> Int {
        let left = body.fileSize - body.given
        if left == 0 || buffer.isEmpty { return 0 }
        let count: UInt64
        if let piece = body.pieces.first, piece.offset == body.given {
            count = try withBytes(atMost: min(piece.count, UInt64(buffer.count))) {
                buffer.copyMemory(from: $0)
                return UInt64($0.count)
            }
            took(count, of: piece)
        } else {
            let hole = (body.pieces.first?.offset ?? body.fileSize) - body.given
            count = min(hole, UInt64(buffer.count))
            UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(count)]).initializeMemory(as: UInt8.self, repeating: 0)
        }
        body.given += count
        return Int(count)
    }

    private func took(_ count: UInt64, of piece: SparseMap.Piece) {
        body.dataSize -= count
        body.pieces[body.pieces.startIndex] = .init(offset: piece.offset + count, count: piece.count - count)
        if piece.count == count { body.pieces.removeFirst() }
    }

    func skipBody() throws(LayerError) {
        try skip(body.dataSize)
        try skip(body.padding)
        body = EntryBody()
    }

    /// The map in the data of a sparse file in GNU's form 1.0: how many pieces, then offset and length of each, a decimal number and a newline each,
    /// padded to a whole block.
    func readMap(of entry: ArchiveEntry) throws(LayerError) {
        var digits = MapDigits()
        var map = SparseMap()
        let count = try nextNumber(&digits)
        try limits.check(.pieces, count, entry.displayPath)
        for _ in 0..<count {
            let offset = try nextNumber(&digits)
            let length = try nextNumber(&digits)
            try checked { () throws(TarHeader.Malformed) in try map.append(offset: offset, count: length, limits: limits) }
        }
        // The rest of the block in which the last number stands belongs to the map.
        try checked { () throws(TarHeader.Malformed) in try map.check(fileSize: body.fileSize, dataSize: body.dataSize) }
        body.pieces = map.pieces[...]
    }

    private struct MapDigits {
        var block: [UInt8] = []
        var at = 0
    }

    private func nextNumber(_ digits: inout MapDigits) throws(LayerError) -> UInt64 {
        var number: [UInt8] = []
        while true {
            if digits.at == digits.block.count {
                guard body.dataSize >= 512 else { throw malformed("a sparse file's map ends in the middle") }
                digits.block = try take(512, paddedTo: 1)
                digits.at = 0
                body.dataSize -= 512
            }
            let byte = digits.block[digits.at]
            digits.at += 1
            if byte == UInt8(ascii: "\n") { break }
            number.append(byte)
            if number.count > 20 { throw malformed("a sparse file's map holds what is no number") }
        }
        guard let value = decimal(number[...]) else { throw malformed("a sparse file's map holds what is no number") }
        return value
    }

    /// The map in the headers of GNU's type `S`: four pieces and the file's length in the header itself, 21 pieces in each block that follows.
    func readOldMap() throws(LayerError) -> (size: UInt64, map: SparseMap) {
        var map = SparseMap()
        var bytes = lastHeader
        let size = try checked { () throws(TarHeader.Malformed) in
            try bytes.withBytes { buffer throws(TarHeader.Malformed) in try TarHeader.number(buffer[483..<495], "size") }
        }
        guard size >= 0 else { throw malformed("a negative size") }
        try append(to: &map, from: bytes, at: 386, count: 4)
        var isExtended = bytes[482] != 0
        while isExtended {
            bytes = try take(512, paddedTo: 1)
            try append(to: &map, from: bytes, at: 0, count: 21)
            isExtended = bytes[504] != 0
        }
        return (UInt64(size), map)
    }

    private func append(to map: inout SparseMap, from bytes: [UInt8], at start: Int, count: Int) throws(LayerError) {
        for index in 0..<count {
            let place = start + index * 24
            // Unused places are empty.
            if bytes[place..<(place + 24)].allSatisfy({ $0 == 0 }) { return }
            let (offset, length) = try checked { () throws(TarHeader.Malformed) in
                try bytes.withBytes { buffer throws(TarHeader.Malformed) in
                    (
                        try TarHeader.number(buffer[place..<(place + 12)], "offset"),
                        try TarHeader.number(buffer[(place + 12)..<(place + 24)], "length")
                    )
                }
            }
            guard offset >= 0, length >= 0 else { throw malformed("the pieces of a sparse file are out of order") }
            let limits = limits
            try checked { () throws(TarHeader.Malformed) in
                try map.append(offset: UInt64(offset), count: UInt64(length), limits: limits)
            }
        }
    }
}
