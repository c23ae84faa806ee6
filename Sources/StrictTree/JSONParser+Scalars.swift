extension JSONParser {
    /// From its opening quote to behind its closing one.
    mutating func string() throws(TreeError) -> TreeBuilder.Text {
        cursor += 1
        var copied = cursor
        var decodedStart = -1
        var holdsNUL = false
        while true {
            cursor = plainEnd(from: cursor)
            guard cursor < source.count else { throw failure("the document ends inside a string") }
            switch source[cursor] {
            case UInt8(ascii: "\""):
                defer { cursor += 1 }
                guard decodedStart >= 0 else { return .source(copied..<cursor) }
                builder.appendDecoded(source[copied..<cursor])
                return builder.decoded(from: decodedStart, holdsNUL: holdsNUL)
            case UInt8(ascii: "\\"):
                if decodedStart < 0 { decodedStart = builder.decodedCount }
                builder.appendDecoded(source[copied..<cursor])
                if try escape() == "\0" { holdsNUL = true }
                copied = cursor
            case 0..<0x20:
                throw failure("a string holds the control character \(found); write it as an escape")
            default:
                let length = scalarLength(at: cursor)
                guard length > 0 else { throw failure("a string is not valid UTF-8: \(found)") }
                cursor += length
            }
        }
    }

    /// The first byte that is not plain ASCII text: a quote, a backslash, a control character or a part of a longer scalar.
    private func plainEnd(from start: Int) -> Int {
        var index = start
        guard let base = UnsafeRawPointer(source.baseAddress) else { return index }
        let ones: UInt64 = 0x0101_0101_0101_0101
        while index + 8 <= source.count {
            let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let quotes = word ^ (ones &* 0x22)
            let backslashes = word ^ (ones &* 0x5c)
            // A byte's top bit is set where it is zero (or, by a borrow, behind one that is): the lowest set bit is exact.
            let zeros = ((quotes &- ones) & ~quotes) | ((backslashes &- ones) & ~backslashes)
            let special = (zeros | ((word &- ones &* 0x20) & ~word) | word) & (ones &* 0x80)
            if special != 0 { return index + special.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < source.count {
            let byte = source[index]
            if byte < 0x20 || byte >= 0x80 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
            index += 1
        }
        return index
    }

    /// The bytes of a well-formed scalar above U+007F (RFC 3629: shortest form, no surrogates, up to U+10FFFF); 0 for anything else.
    private func scalarLength(at index: Int) -> Int {
        let first = source[index]
        let second = index + 1 < source.count ? source[index + 1] : 0
        switch first {
        case 0xc2...0xdf: return isContinuation(index + 1) ? 2 : 0
        case 0xe0: return (0xa0...0xbf).contains(second) && isContinuation(index + 2) ? 3 : 0
        case 0xed: return (0x80...0x9f).contains(second) && isContinuation(index + 2) ? 3 : 0
        case 0xe1...0xef: return isContinuation(index + 1) && isContinuation(index + 2) ? 3 : 0
        case 0xf0: return (0x90...0xbf).contains(second) && isContinuation(index + 2) && isContinuation(index + 3) ? 4 : 0
        case 0xf4: return (0x80...0x8f).contains(second) && isContinuation(index + 2) && isContinuation(index + 3) ? 4 : 0
        case 0xf1...0xf3: return isContinuation(index + 1) && isContinuation(index + 2) && isContinuation(index + 3) ? 4 : 0
        default: return 0
        }
    }

    private func isContinuation(_ index: Int) -> Bool { index < source.count && source[index] & 0xc0 == 0x80 }
}

extension JSONParser {
    /// One escape, decoded onto the tape.
    private mutating func escape() throws(TreeError) -> Unicode.Scalar {
        guard cursor + 1 < source.count else { throw failure("the document ends inside a string") }
        let scalar: Unicode.Scalar
        switch source[cursor + 1] {
        case UInt8(ascii: "\""): scalar = "\""
        case UInt8(ascii: "\\"): scalar = "\\"
        case UInt8(ascii: "/"): scalar = "/"
        case UInt8(ascii: "b"): scalar = "\u{8}"
        case UInt8(ascii: "f"): scalar = "\u{c}"
        case UInt8(ascii: "n"): scalar = "\n"
        case UInt8(ascii: "r"): scalar = "\r"
        case UInt8(ascii: "t"): scalar = "\t"
        case UInt8(ascii: "u"):
            scalar = try unicodeEscape()
            builder.appendDecoded(Character(scalar).utf8)
            return scalar
        default:
            cursor += 1
            throw failure("a string holds an unknown escape, a backslash before \(found)")
        }
        cursor += 2
        builder.appendDecoded(CollectionOfOne(UInt8(truncatingIfNeeded: scalar.value)))
        return scalar
    }

    /// `\uXXXX`, or two of them that are one surrogate pair.
    private mutating func unicodeEscape() throws(TreeError) -> Unicode.Scalar {
        let start = cursor
        let high = try codeUnit()
        if let scalar = Unicode.Scalar(UInt32(high)) { return scalar }
        guard (0xd800...0xdbff).contains(high), cursor + 1 < source.count, source[cursor] == UInt8(ascii: "\\"),
            source[cursor + 1] == UInt8(ascii: "u")
        else { throw builder.failure(at: start, "a string holds half of a surrogate pair") }
        let low = try codeUnit()
        guard (0xdc00...0xdfff).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(high) - 0xd800) << 10 + (UInt32(low) - 0xdc00))
        else { throw builder.failure(at: start, "a string holds half of a surrogate pair") }
        return scalar
    }

    /// From the backslash of `\uXXXX` to behind its fourth digit.
    private mutating func codeUnit() throws(TreeError) -> UInt16 {
        cursor += 2
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard cursor < source.count else { throw failure("the document ends inside a string") }
            guard let digit = Character(Unicode.Scalar(source[cursor])).hexDigitValue, source[cursor] < 0x80 else {
                throw failure("expected four hexadecimal digits behind '\\u', found \(found)")
            }
            unit = unit << 4 | UInt16(digit)
            cursor += 1
        }
        return unit
    }
}

extension JSONParser {
    /// Checks the grammar of RFC 8259 section 6; the value is computed where somebody asks. Returns whether it is an integer.
    mutating func number() throws(TreeError) -> Bool {
        if source[cursor] == UInt8(ascii: "-") { cursor += 1 }
        let leading = cursor
        try digits()
        if source[leading] == UInt8(ascii: "0"), cursor > leading + 1 {
            cursor = leading
            throw failure("a number begins with a zero before other digits")
        }
        var isInteger = true
        if cursor < source.count, source[cursor] == UInt8(ascii: ".") {
            isInteger = false
            cursor += 1
            try digits()
        }
        if cursor < source.count, source[cursor] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            cursor += 1
            if cursor < source.count, source[cursor] == UInt8(ascii: "+") || source[cursor] == UInt8(ascii: "-") { cursor += 1 }
            try digits()
        }
        return isInteger
    }

    /// At least one.
    private mutating func digits() throws(TreeError) {
        let start = cursor
        while cursor < source.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(source[cursor]) { cursor += 1 }
        guard cursor > start else { throw failure("expected a digit, found \(found)") }
    }
}
