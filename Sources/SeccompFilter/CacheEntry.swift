internal import LinuxTypes

/// A file of the cache, integers in little-endian order:
///
///     magic 8 | key length 4 | instructions 4 | report length 4 | flags 4
///     key | instructions, 8 bytes each: code 2, jump true 1, jump false 1, constant 4
///     report: skipped names, warnings; each a count 4, and for each text its length 4 and bytes
///     checksum of all before 8
enum CacheEntry {
    private static let magic: UInt64 = 0x3146_5042_4c4c_5548  // "HULLBPF1"
    /// Bytes of a file at most; a longer one is neither written nor read.
    static let sizeLimit = 1 << 20

    static func encode(_ filter: Filter, key: CacheKey) -> [UInt8] {
        var report = ByteWriter(capacity: 1024)
        report.append(filter.skipped)
        report.append(filter.warnings)
        var writer = ByteWriter(capacity: key.bytes.count + filter.program.instructions.count * 8 + report.bytes.count + 64)
        writer.append(magic)
        writer.append(UInt32(key.bytes.count))
        writer.append(UInt32(filter.program.instructions.count))
        writer.append(UInt32(report.bytes.count))
        writer.append(filter.program.flags)
        key.bytes.withUnsafeBytes { writer.append(raw: $0) }
        for instruction in filter.program.instructions {
            writer.append(instruction.code)
            writer.append(instruction.jumpTrue)
            writer.append(instruction.jumpFalse)
            writer.append(instruction.constant)
        }
        report.bytes.withUnsafeBytes { writer.append(raw: $0) }
        writer.append(writer.bytes.withUnsafeBytes(checksum))
        return writer.bytes
    }

    /// nil for anything but an undamaged entry of exactly this key.
    static func decode(_ bytes: UnsafeRawBufferPointer, key: CacheKey) -> Filter? {
        guard bytes.count >= 32 else { return nil }
        let body = UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - 8)])
        let stored = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: body.count, as: UInt64.self))
        guard checksum(body) == stored else { return nil }
        var reader = ByteReader(body)
        guard reader.integer(UInt64.self) == magic, let keyLength = reader.integer(UInt32.self),
            let count = reader.integer(UInt32.self), let reportLength = reader.integer(UInt32.self),
            let flags = reader.integer(UInt32.self), keyLength == key.bytes.count, count <= instructionLimit, count > 0,
            let storedKey = reader.take(Int(keyLength)), key.bytes.withUnsafeBytes({ equal($0, storedKey) }),
            let program = reader.take(Int(count) * 8), let report = reader.take(Int(reportLength)), reader.isAtEnd
        else { return nil }
        var texts = ByteReader(report)
        guard let skipped = texts.texts(), let warnings = texts.texts(), texts.isAtEnd else { return nil }
        let instructions = [FilterInstruction](cached: program)
        return Filter(program: Program(instructions: instructions, flags: flags), skipped: skipped, warnings: warnings)
    }

    private static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var checksum = Checksum(seed: magic)
        checksum.add(bytes)
        return checksum.value
    }

    /// Byte by byte, eight at a time.
    private static func equal(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
        guard a.count == b.count else { return false }
        let whole = a.count & ~7
        for at in stride(from: 0, to: whole, by: 8)
        where a.loadUnaligned(fromByteOffset: at, as: UInt64.self) != b.loadUnaligned(fromByteOffset: at, as: UInt64.self) {
            return false
        }
        return a[whole...].elementsEqual(b[whole...])
    }
}

extension [FilterInstruction] {
    fileprivate init(cached bytes: UnsafeRawBufferPointer) {
        self = (0..<bytes.count / 8).map { index in
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
            return FilterInstruction(
                code: UInt16(truncatingIfNeeded: word), jumpTrue: UInt8(truncatingIfNeeded: word >> 16),
                jumpFalse: UInt8(truncatingIfNeeded: word >> 24), constant: UInt32(truncatingIfNeeded: word >> 32))
        }
    }
}
