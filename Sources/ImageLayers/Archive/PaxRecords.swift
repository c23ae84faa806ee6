import LinuxTypes

/// What an extended header (type `x`) says of the entry behind it. Later records win; an empty value takes back what earlier ones said.
struct PaxRecords {
    var path: [UInt8]?
    var linkPath: [UInt8]?
    var size: UInt64?
    var uid: UInt32?
    var gid: UInt32?
    var modified: FileTime?
    /// In the order in which they came.
    var attributes: [ArchiveEntry.Attribute] = []
    var sparse = SparseRecords()

    /// `length SP key=value LF`, one after the other; the length counts the whole record.
    mutating func read(_ bytes: [UInt8], limits: LayerLimits) throws(TarHeader.Malformed) {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let space = rest.prefix(20).firstIndex(of: UInt8(ascii: " ")),
                let length = decimal(rest[..<space]), length <= UInt64(rest.count)
            else { throw .init("a pax record has no right length") }
            let end = rest.startIndex + Int(length)
            guard space + 1 < end, rest[end - 1] == UInt8(ascii: "\n"),
                let equals = rest[(space + 1)..<end].firstIndex(of: UInt8(ascii: "="))
            else { throw .init("a pax record is not 'key=value' and a newline") }
            try set(rest[(space + 1)..<equals], Array(rest[(equals + 1)..<(end - 1)]), limits)
            rest = rest[end...]
        }
    }

    /// Whether a global header (type `g`) says something that would count for every entry behind it.
    static func hasMeaning(_ bytes: [UInt8]) throws(TarHeader.Malformed) -> Bool {
        var records = PaxRecords()
        try records.read(bytes, limits: LayerLimits())
        return records.path != nil || records.linkPath != nil || records.size != nil || records.uid != nil || records.gid != nil
            || records.modified != nil || !records.attributes.isEmpty || records.sparse != SparseRecords()
    }

    private mutating func set(
        _ key: ArraySlice<UInt8>, _ value: [UInt8], _ limits: LayerLimits
    ) throws(TarHeader.Malformed) {
        if let name = Self.rest(of: key, after: "SCHILY.xattr.") { return try setAttribute(Array(name), value, limits) }
        if let name = Self.rest(of: key, after: "LIBARCHIVE.xattr.") {
            guard let name = percentDecoded(name), let value = base64Decoded(value) else {
                throw .init("an extended attribute is not encoded as its record says")
            }
            // The other form is exact; where both are there, it is the one that counts.
            return attributes.contains { $0.name == name } ? () : try setAttribute(name, value, limits)
        }
        if key.starts(with: Array("GNU.sparse.".utf8)) {
            return try sparse.set(String(decoding: key.dropFirst(11), as: UTF8.self), value, limits)
        }
        switch String(decoding: key, as: UTF8.self) {
        case "path": path = try Self.text(value)
        case "linkpath": linkPath = try Self.text(value)
        case "size": size = try Self.number(value, "size")
        case "uid": uid = try Self.id(value, "uid")
        case "gid": gid = try Self.id(value, "gid")
        case "mtime": modified = try Self.time(value)
        case "SCHILY.realsize": throw .init("star's own form of sparse files is not read")
        // Names of users, other times, comments, and what other programs keep for themselves: nothing that a layer has.
        default: return
        }
    }

    private mutating func setAttribute(
        _ name: [UInt8], _ value: [UInt8], _ limits: LayerLimits
    ) throws(TarHeader.Malformed) {
        if name.isEmpty || name.contains(0) { throw .init("an extended attribute has no right name") }
        attributes.removeAll { $0.name == name }
        // Here, and not when all are read: each is compared with all before it.
        if UInt64(attributes.count) >= limits.attributes { throw .init(.attributes) }
        attributes.append(.init(name: name, value: value))
    }

    private static func rest(of key: ArraySlice<UInt8>, after prefix: String) -> ArraySlice<UInt8>? {
        key.starts(with: prefix.utf8) ? key.dropFirst(prefix.utf8.count) : nil
    }

    private static func text(_ value: [UInt8]) throws(TarHeader.Malformed) -> [UInt8]? {
        if value.contains(0) { throw .init("a pax path holds a NUL") }
        return value.isEmpty ? nil : value
    }

    private static func number(_ value: [UInt8], _ what: String) throws(TarHeader.Malformed) -> UInt64? {
        if value.isEmpty { return nil }
        guard let number = decimal(value[...]) else {
            throw .init("the pax \(what) '\(printable(value, limit: 40))' is no number")
        }
        return number
    }

    private static func id(_ value: [UInt8], _ what: String) throws(TarHeader.Malformed) -> UInt32? {
        guard let number = try number(value, what) else { return nil }
        guard number < UInt64(UInt32.max) else { throw .init("the pax \(what) \(number) is no id: the last is 4294967294") }
        return UInt32(number)
    }

    /// Seconds with a sign and a fraction: nanoseconds, what is finer is cut off toward the past.
    private static func time(_ value: [UInt8]) throws(TarHeader.Malformed) -> FileTime? {
        if value.isEmpty { return nil }
        let isNegative = value[0] == UInt8(ascii: "-")
        let parts = value[(isNegative ? 1 : 0)...].split(
            separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = parts.count > 1 ? parts[1] : []
        guard let whole = decimal(parts[0]), whole < 1 << 62, fraction.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw .init("the pax mtime '\(printable(value, limit: 40))' is no time")
        }
        var nanoseconds: Int64 = 0
        for index in 0..<9 {
            let digit = index < fraction.count ? fraction[fraction.startIndex + index] - 0x30 : 0
            nanoseconds = nanoseconds * 10 + Int64(digit)
        }
        let isFiner = fraction.dropFirst(9).contains { $0 != 0x30 }
        if !isNegative { return FileTime(seconds: Int64(whole), nanoseconds: UInt32(nanoseconds)) }
        if isFiner { nanoseconds += 1 }
        if nanoseconds == 0 { return FileTime(seconds: -Int64(whole)) }
        return FileTime(seconds: -Int64(whole) - 1, nanoseconds: UInt32(1_000_000_000 - nanoseconds))
    }
}

/// Digits and nothing else; nil for anything else, and for what does not fit.
func decimal(_ bytes: ArraySlice<UInt8>) -> UInt64? {
    if bytes.isEmpty { return nil }
    var value: UInt64 = 0
    for byte in bytes {
        guard (0x30...0x39).contains(byte) else { return nil }
        let (product, overflow) = value.multipliedReportingOverflow(by: 10)
        let (sum, carry) = product.addingReportingOverflow(UInt64(byte - 0x30))
        if overflow || carry { return nil }
        value = sum
    }
    return value
}

/// `%41` as `A`; nil for a percent sign without two digits.
private func percentDecoded(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    var decoded: [UInt8] = []
    var rest = bytes
    while let byte = rest.popFirst() {
        if byte != UInt8(ascii: "%") {
            decoded.append(byte)
            continue
        }
        guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else { return nil }
        decoded.append(high << 4 | low)
    }
    return decoded
}

private func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: return byte - 0x30
    case 0x41...0x46: return byte - 0x41 + 10
    case 0x61...0x66: return byte - 0x61 + 10
    default: return nil
    }
}

/// RFC 4648, with or without padding; nil for other characters.
private func base64Decoded(_ bytes: [UInt8]) -> [UInt8]? {
    var decoded: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    let digits = bytes.last == UInt8(ascii: "=") ? bytes.prefix { $0 != UInt8(ascii: "=") } : bytes[...]
    for byte in digits {
        let value: UInt8
        switch byte {
        case 0x41...0x5a: value = byte - 0x41
        case 0x61...0x7a: value = byte - 0x61 + 26
        case 0x30...0x39: value = byte - 0x30 + 52
        case UInt8(ascii: "+"): value = 62
        case UInt8(ascii: "/"): value = 63
        default: return nil
        }
        bits = bits << 6 | UInt32(value)
        count += 6
        if count >= 8 {
            count -= 8
            decoded.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
    }
    return decoded
}
