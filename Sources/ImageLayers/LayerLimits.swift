/// How much a layer may ask for. What lies above is no layer that anybody wants but an attack, or needs its option.
public struct LayerLimits: Hashable, Sendable {
    /// Bytes of all files together, holes included, and of the uncompressed archive.
    public var totalBytes: UInt64 = 64 << 30
    /// Uncompressed bytes for each compressed one, counted from `ratioFrom` uncompressed bytes on.
    public var ratio: UInt64 = 250
    /// Below so many uncompressed bytes no ratio is too large: a few megabytes of zeros harm nobody.
    public var ratioFrom: UInt64 = 256 << 20
    /// Entries of the archive, of any kind.
    public var entries: UInt64 = 4_000_000
    /// Names in a path.
    public var depth: UInt64 = 256
    /// Bytes of a path, and of a link's target. Linux knows no more than 4,095.
    public var pathBytes: UInt64 = 4095
    /// Bytes of the headers of one entry: long names, pax records and with them extended attributes.
    public var headerBytes: UInt64 = 1 << 20
    /// Extended attributes of one entry.
    public var attributes: UInt64 = 256
    /// Pieces of one sparse file.
    public var pieces: UInt64 = 65_536
    /// Bytes that a zstd stream may look back: memory.
    public var window: UInt64 = 32 << 20

    public init() {}

    /// For what a store let in, by whatever limits held then: it is read whole. For bytes whose digest is known, or compared before anybody
    /// believes them.
    public static var admitted: LayerLimits {
        var limits = LayerLimits()
        for name in Name.allCases { limits[name] = name.highest }
        return limits
    }

    /// One of the limits.
    public enum Name: String, Hashable, Sendable, CaseIterable {
        case totalBytes, ratio, entries, depth, pathBytes, headerBytes, attributes, pieces, window

        /// The option of `hull image load` and `import` that sets it.
        public var option: String {
            switch self {
            case .totalBytes: return "--max-bytes"
            case .ratio: return "--max-ratio"
            case .entries: return "--max-entries"
            case .depth: return "--max-depth"
            case .pathBytes: return "--max-path"
            case .headerBytes: return "--max-header"
            case .attributes: return "--max-xattrs"
            case .pieces: return "--max-sparse-pieces"
            case .window: return "--max-window"
            }
        }

        /// Above this nobody counts: two of the largest files fit in a sum, and no zstd decoder looks back further.
        public var highest: UInt64 {
            switch self {
            case .totalBytes: return 1 << 62
            case .window: return 1 << 31
            case .ratio, .entries, .depth, .pathBytes, .headerBytes, .attributes, .pieces: return .max
            }
        }

        /// What there is too much of, as a clause.
        func excess(_ allowed: UInt64) -> String {
            switch self {
            case .totalBytes: return "more than \(allowed) bytes of files"
            case .ratio: return "more than \(allowed) bytes come out of each compressed one"
            case .entries: return "more than \(allowed) entries"
            case .depth: return "more than \(allowed) names in a path"
            case .pathBytes: return "more than \(allowed) bytes in a path"
            case .headerBytes: return "more than \(allowed) bytes of headers"
            case .attributes: return "more than \(allowed) extended attributes"
            case .pieces: return "more than \(allowed) pieces of a sparse file"
            case .window: return "a zstd window of more than \(allowed) bytes"
            }
        }
    }

    /// A limit by its name.
    public subscript(name: Name) -> UInt64 {
        get { self[keyPath: Self.place(of: name)] }
        set { self[keyPath: Self.place(of: name)] = newValue }
    }

    private static func place(of name: Name) -> WritableKeyPath<LayerLimits, UInt64> {
        switch name {
        case .totalBytes: return \.totalBytes
        case .ratio: return \.ratio
        case .entries: return \.entries
        case .depth: return \.depth
        case .pathBytes: return \.pathBytes
        case .headerBytes: return \.headerBytes
        case .attributes: return \.attributes
        case .pieces: return \.pieces
        case .window: return \.window
        }
    }

    func check(_ name: Name, _ value: UInt64, _ path: @autoclosure () -> String) throws(LayerError) {
        if value > self[name] { throw .limit(name, allowed: self[name], path: path()) }
    }
}
