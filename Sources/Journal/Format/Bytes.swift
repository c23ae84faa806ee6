// Little-endian numbers at byte offsets: what every structure on the disk is made of.

extension [UInt8] {
    /// Appends a number in little-endian order.
    mutating func append<Number: FixedWidthInteger>(number: Number) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }

    /// Overwrites the bytes at an offset with a number. The bytes must exist.
    mutating func store<Number: FixedWidthInteger>(_ number: Number, at offset: Int) {
        Swift.withUnsafeBytes(of: number.littleEndian) { bytes in
            for index in bytes.indices { self[offset + index] = bytes[index] }
        }
    }

    /// A hash or id of two words at an offset.
    mutating func store(_ identifier: Identifier, at offset: Int) {
        store(identifier.first, at: offset)
        store(identifier.second, at: offset + 8)
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Overwrites the bytes at an offset with a number.
    @inline(__always)
    func store<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number, at offset: Int) {
        precondition(offset >= 0 && offset + MemoryLayout<Number>.size <= count)
        storeBytes(of: number.littleEndian, toByteOffset: offset, as: Number.self)
    }

    func store(_ identifier: Identifier, at offset: Int) {
        store(identifier.first, at: offset)
        store(identifier.second, at: offset + 8)
    }

    /// Overwrites the bytes from an offset on.
    func copy(_ bytes: [UInt8], to offset: Int) {
        bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: self[offset..<(offset + $0.count)]).copyMemory(from: $0) }
    }
}

extension UnsafeRawBufferPointer {
    /// The number at an offset, which must lie within.
    @inline(__always)
    func number<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type, at offset: Int) -> Number {
        Number(littleEndian: loadUnaligned(fromByteOffset: offset, as: type))
    }

    func identifier(at offset: Int) -> Identifier {
        Identifier(first: number(UInt64.self, at: offset), second: number(UInt64.self, at: offset + 8))
    }

    /// The bytes of a range, which must lie within.
    @inline(__always)
    func part(_ start: Int, _ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[start..<(start + count)])
    }

    var isAllZero: Bool {
        var at = 0
        while at + 8 <= count {
            if loadUnaligned(fromByteOffset: at, as: UInt64.self) != 0 { return false }
            at += 8
        }
        return self[at...].allSatisfy { $0 == 0 }
    }
}
