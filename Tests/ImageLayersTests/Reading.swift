import ImageLayers
import LinuxTypes

/// An entry with all that was read of it.
struct ReadEntry: Equatable {
    let entry: ArchiveEntry
    let data: [UInt8]

    var path: String { entry.displayPath }
}

/// All entries of an archive with their data, holes as zeros.
func readAll(_ archive: [UInt8], limits: LayerLimits = LayerLimits()) throws(LayerError) -> [ReadEntry] {
    let reader = ArchiveReader(bytes(in: archive), limits: limits)
    var entries: [ReadEntry] = []
    while let entry = try reader.next() {
        var data: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = try buffer.withMutableBytes { bytes throws(LayerError) in try reader.read(into: bytes) }
            if count == 0 { break }
            data += buffer[..<count]
            // A test's file is small; a hostile one's holes need not all be read.
            if data.count > 1 << 20 { break }
        }
        entries.append(ReadEntry(entry: entry, data: data))
    }
    _ = try reader.finish()
    return entries
}

/// The error that reading an archive ends with.
func readingError(_ archive: [UInt8], limits: LayerLimits = LayerLimits()) -> LayerError? {
    do throws(LayerError) {
        _ = try readAll(archive, limits: limits)
        return nil
    } catch { return error }
}

/// Whether a text says this.
func says(_ error: LayerError?, _ words: String) -> Bool { error.map { "\($0)".contains(words) } ?? false }
