/// How a layer's archive is compressed. Read from its first bytes, never from a name.
public enum Compression: String, Hashable, Sendable, CaseIterable {
    case none
    case gzip
    /// With skippable frames in it too, as in zstd:chunked.
    case zstd

    /// By the first four bytes of a file, or fewer where it is shorter.
    public init(firstBytes: UnsafeRawBufferPointer) {
        if firstBytes.starts(with: [0x1f, 0x8b]) {
            self = .gzip
        } else if firstBytes.starts(with: [0x28, 0xb5, 0x2f, 0xfd])
            || firstBytes.count >= 4 && firstBytes[0] & 0xf0 == 0x50 && firstBytes[1...3].elementsEqual([0x2a, 0x4d, 0x18])
        {
            self = .zstd
        } else {
            self = .none
        }
    }
}
