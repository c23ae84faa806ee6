public import LinuxKernel
import LinuxTypes

/// Turns a layer's archive into a directory that overlayfs can stack.
///
/// Everything is made relative to open directories below the root that was given, one name at a time, and no symbolic link is ever followed. Entries
/// take effect in their order; a later one replaces an earlier one of its path. Only inside the root is anything written: a crash leaves nothing
/// elsewhere. Nothing is synced.
public final class LayerUnpacker {
    let reader: ArchiveReader
    let root: FileDescriptor
    let options: UnpackOptions
    let cache = DirectoryCache()
    var records: DirectoryRecords
    /// The entry at hand, for errors.
    var path = ""
    /// The directory of the entry before, as the archive writes it, while its handle is good.
    private var lastParent: (path: ArraySlice<UInt8>, names: [FileName])?
    var isRootOpaque = false
    /// Whether a whiteout had to be an attribute, because device nodes are not allowed.
    var usesWhiteoutAttributes = false
    var impliedDirectories: UInt64 = 0
    var omitted: [String: UInt64] = [:]
    private var fileBytes: UInt64 = 0

    /// Unpacks into an empty directory, for which the caller keeps the descriptor open and of which nobody else knows. `source` is read to its end, in
    /// a thread of its own; when this throws, what there is of the layer is for the caller to remove.
    public static func unpack(
        _ source: sending @escaping ByteSource, into root: FileDescriptor, options: UnpackOptions = UnpackOptions()
    ) throws(LayerError) -> UnpackedLayer {
        let reader = try ArchiveReader(
            ahead: source, limits: options.limits, digest: options.digest, diffID: options.diffID)
        return try LayerUnpacker(reader, root, options).run()
    }

    init(_ reader: ArchiveReader, _ root: FileDescriptor, _ options: UnpackOptions) throws(LayerError) {
        self.reader = reader
        self.root = root
        self.options = options
        do throws(KernelError) {
            records = try DirectoryRecords(beside: root)
        } catch { throw .kernel(error, doing: "note directories", path: "") }
    }

    func run() throws(LayerError) -> UnpackedLayer {
        // What no entry says of the root itself.
        try note(.implied([]))
        while let entry = try reader.next() {
            path = entry.displayPath
            try checkCount()
            try unpack(entry)
        }
        path = ""
        let stream = try reader.finish()
        try finishDirectories()
        return UnpackedLayer(
            stream: stream, entries: reader.entryCount, fileBytes: fileBytes, isRootOpaque: isRootOpaque,
            impliedDirectories: impliedDirectories, omitted: omitted)
    }

    /// Directories that no entry names cost as much as those that one does.
    func checkCount() throws(LayerError) {
        try options.limits.check(.entries, reader.entryCount + impliedDirectories, path)
    }

    private func unpack(_ entry: ArchiveEntry) throws(LayerError) {
        let names = try names(of: entry)
        guard let name = names.last else {
            guard case .directory = entry.kind else { throw refused("the layer's root as something else than a directory") }
            return try note(.init(entry, names: []))
        }
        let parentNames = Array(names.dropLast())
        if try unpackMarker(entry, name, parentNames) { return }
        let handle = try directory(parentNames)
        // The number is the directory's only as long as somebody holds it: the cache alone may let it go.
        defer { withExtendedLifetime(handle) {} }
        let parent = handle.descriptor
        switch entry.kind {
        case .regular(let size):
            try unpackFile(entry, size: size, name, in: parent, names)
            fileBytes += size
        case .directory: try unpackDirectory(entry, name, in: parent, names)
        case .symbolicLink(let target): try unpackSymbolicLink(entry, to: target, name, in: parent, names)
        case .hardLink(let target): try unpackHardLink(entry, to: target, name, in: parent, names)
        case .characterDevice(let number): try unpackNode(entry, .characterDevice, number, name, in: parent, names)
        case .blockDevice(let number): try unpackNode(entry, .blockDevice, number, name, in: parent, names)
        case .fifo: try unpackNode(entry, .fifo, DeviceNumber(major: 0, minor: 0), name, in: parent, names)
        }
    }

    /// The entry's names. Where its directory is that of the entry before, only the last one is looked at.
    private func names(of entry: ArchiveEntry) throws(LayerError) -> [FileName] {
        if let slash = entry.path.lastIndex(of: UInt8(ascii: "/")), let lastParent,
            entry.path[..<slash] == lastParent.path, let name = FileName(entry.path[(slash + 1)...]),
            UInt64(entry.path.count) <= options.limits.pathBytes, UInt64(lastParent.names.count) < options.limits.depth
        {
            return lastParent.names + [name]
        }
        let names = try EntryPath(entry.path, of: entry, limits: options.limits).names
        if let slash = entry.path.lastIndex(of: UInt8(ascii: "/")), slash + 1 < entry.path.count, !names.isEmpty {
            lastParent = (entry.path[..<slash], Array(names.dropLast()))
        }
        return names
    }

    func refused(_ reason: String) -> LayerError { .refused(path: path, reason: reason) }

    func omit(_ what: String) {
        // As many different names as an archive likes, but not as much memory.
        if omitted[what] == nil, omitted.count >= 256 {
            omitted["others", default: 0] += 1
            return
        }
        omitted[what, default: 0] += 1
    }
}
