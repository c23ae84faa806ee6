import LinuxTypes

/// An entry's path as names below the layer's root. There is no `..` in it; an absolute path counts from the root.
struct EntryPath {
    let names: [FileName]

    /// Refuses `..`, names and paths that are too long, and what has no name at all.
    init(_ path: [UInt8], of entry: ArchiveEntry, limits: LayerLimits) throws(LayerError) {
        try limits.check(.pathBytes, UInt64(path.count), entry.displayPath)
        if path.isEmpty { throw .refused(path: entry.displayPath, reason: "a path without a name") }
        var names: [FileName] = []
        for part in path.split(separator: UInt8(ascii: "/")) where !part.elementsEqual([UInt8(ascii: ".")]) {
            guard let name = FileName(part) else {
                let reason = part.count > FileName.longest ? "a name of more than 255 bytes" : "a path with '..'"
                throw .refused(path: entry.displayPath, reason: reason)
            }
            names.append(name)
        }
        try limits.check(.depth, UInt64(names.count), entry.displayPath)
        self.names = names
    }
}
