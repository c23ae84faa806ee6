/// Bytes being written, integers in little-endian order, texts behind their length.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ text: String) {
        var text = text
        append(UInt32(text.utf8.count))
        text.withUTF8 { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ texts: [String]) {
        append(UInt32(texts.count))
        for text in texts { append(text) }
    }

    mutating func append(raw more: UnsafeRawBufferPointer) { bytes.append(contentsOf: more) }
}

/// Reads what a `ByteWriter` wrote; nil from the first reading beyond the end on.
struct ByteReader {
    private let bytes: UnsafeRawBufferPointer
    private var at = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { at == bytes.count }

    mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type) -> T? {
        guard let slice = take(MemoryLayout<T>.size) else { return nil }
        return T(littleEndian: slice.loadUnaligned(as: T.self))
    }

    mutating func text() -> String? {
        guard let count = integer(UInt32.self), let slice = take(Int(count)) else { return nil }
        return String(validating: slice, as: UTF8.self)
    }

    mutating func texts() -> [String]? {
        guard let count = integer(UInt32.self), count <= bytes.count else { return nil }
        var texts: [String] = []
        for _ in 0..<count {
            guard let text = text() else { return nil }
            texts.append(text)
        }
        return texts
    }

    mutating func take(_ count: Int) -> UnsafeRawBufferPointer? {
        guard count <= bytes.count - at else { return nil }
        defer { at += count }
        return UnsafeRawBufferPointer(rebasing: bytes[at..<at + count])
    }
}
