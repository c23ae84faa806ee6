/// Bytes that cannot be a plan or a message of ours: cut short, too long, or of another layout.
public struct WireError: Error, Hashable, Sendable {
    /// Where reading stopped, in bytes from the start.
    public let offset: Int
}

/// Builds the binary form: fixed-width little-endian numbers, strings and arrays with a 32-bit count before them.
public struct WireWriter: ~Copyable {
    public private(set) var bytes: [UInt8] = []

    public init(reserving capacity: Int = 8192) { bytes.reserveCapacity(capacity) }

    mutating func append<Number: FixedWidthInteger>(_ number: Number) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(raw: UnsafeRawBufferPointer) { bytes.append(contentsOf: raw) }
}

/// Reads the binary form back. Every length is checked against what is left before anything is allocated.
public struct WireReader: ~Copyable {
    private let bytes: [UInt8]
    private var offset = 0

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) throws(WireError) -> Number {
        let size = MemoryLayout<Number>.size
        guard bytes.count - offset >= size else { throw WireError(offset: offset) }
        let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Number.self) }
        offset += size
        return Number(littleEndian: value)
    }

    /// A count of elements of at least `unit` bytes each.
    mutating func count(unit: Int) throws(WireError) -> Int {
        let count = Int(try number(UInt32.self))
        guard count <= (bytes.count - offset) / unit else { throw WireError(offset: offset) }
        return count
    }

    mutating func raw(_ count: Int) throws(WireError) -> ArraySlice<UInt8> {
        guard bytes.count - offset >= count else { throw WireError(offset: offset) }
        defer { offset += count }
        return bytes[offset..<(offset + count)]
    }

    /// The position, for an error that is found after reading.
    public var failure: WireError { WireError(offset: offset) }

    /// Whether all was read.
    public var isAtEnd: Bool { offset == bytes.count }
}

/// A value with a binary form. Both ends run code of one build, so that there are no versions here.
public protocol WireValue: Sendable {
    func write(to writer: inout WireWriter)
    init(from reader: inout WireReader) throws(WireError)
}

extension WireValue {
    /// The binary form alone.
    public var wireBytes: [UInt8] {
        var writer = WireWriter()
        write(to: &writer)
        return writer.bytes
    }

    /// Reads exactly one value.
    public init(wireBytes: [UInt8]) throws(WireError) {
        var reader = WireReader(wireBytes)
        try self.init(from: &reader)
        guard reader.isAtEnd else { throw reader.failure }
    }
}

extension WireValue where Self: FixedWidthInteger {
    public func write(to writer: inout WireWriter) { writer.append(self) }
    public init(from reader: inout WireReader) throws(WireError) { self = try reader.number(Self.self) }
}

extension UInt8: WireValue {}
extension UInt16: WireValue {}
extension UInt32: WireValue {}
extension UInt64: WireValue {}
extension Int32: WireValue {}
extension Int64: WireValue {}

extension Bool: WireValue {
    public func write(to writer: inout WireWriter) { writer.append(UInt8(self ? 1 : 0)) }
    public init(from reader: inout WireReader) throws(WireError) {
        switch try reader.number(UInt8.self) {
        case 0: self = false
        case 1: self = true
        default: throw reader.failure
        }
    }
}

extension String: WireValue {
    public func write(to writer: inout WireWriter) {
        var copy = self
        copy.withUTF8 { bytes in
            writer.append(UInt32(bytes.count))
            writer.append(raw: UnsafeRawBufferPointer(bytes))
        }
    }

    public init(from reader: inout WireReader) throws(WireError) {
        let count = try reader.count(unit: 1)
        self = String(decoding: try reader.raw(count), as: UTF8.self)
    }
}

/// Bytes as they are: an array of them is written one by one.
public struct WireBytes: Hashable, WireValue {
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public func write(to writer: inout WireWriter) {
        writer.append(UInt32(bytes.count))
        bytes.withUnsafeBytes { writer.append(raw: $0) }
    }

    public init(from reader: inout WireReader) throws(WireError) {
        let count = try reader.count(unit: 1)
        bytes = Array(try reader.raw(count))
    }
}

extension Array: WireValue where Element: WireValue {
    public func write(to writer: inout WireWriter) {
        writer.append(UInt32(count))
        for element in self { element.write(to: &writer) }
    }

    public init(from reader: inout WireReader) throws(WireError) {
        let count = try reader.count(unit: 1)
        self = []
        // A count is only bounded by the bytes that follow, and an element may be far larger in memory: what is beyond is allocated as it comes.
        reserveCapacity(Swift.min(count, 64))
        for _ in 0..<count { append(try Element(from: &reader)) }
    }
}

extension Optional: WireValue where Wrapped: WireValue {
    public func write(to writer: inout WireWriter) {
        (self != nil).write(to: &writer)
        self?.write(to: &writer)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        self = try Bool(from: &reader) ? try Wrapped(from: &reader) : nil
    }
}

/// Types whose whole content is one number.
extension WireValue where Self: RawRepresentable, RawValue: WireValue {
    public func write(to writer: inout WireWriter) { rawValue.write(to: &writer) }
    public init(from reader: inout WireReader) throws(WireError) {
        guard let value = Self(rawValue: try RawValue(from: &reader)) else { throw reader.failure }
        self = value
    }
}
