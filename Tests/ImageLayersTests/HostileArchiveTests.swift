import ImageLayers
import LinuxTypes
import TarWriter
import Testing

/// G1 of the attack cases, as far as the reader alone can see: what is damaged or asks for too much is named, with its place.
@Suite struct HostileArchiveTests {
    @Test func `an archive that is cut anywhere is an archive up to there or an error`() throws {
        var tar = TarWriter()
        tar.pax([("path", "a/b"), ("SCHILY.xattr.user.a", "b")])
        tar.add("a", data: String(repeating: "x", count: 700))
        tar.add("b", type: "2", link: "c")
        let whole = tar.ended()
        let ends = [0, whole.count - 1536, whole.count - 1024, whole.count - 512, whole.count]
        for length in 0...whole.count {
            let error = readingError(Array(whole[..<length]))
            #expect((error == nil) == ends.contains(length), "\(length): \(error.map { "\($0)" } ?? "no error")")
        }
    }

    @Test func `a header that promises more than there is, is cut off, whatever the limit`() {
        var limits = LayerLimits()
        limits.headerBytes = .max
        for type in ["x", "L", "K", "g"] as [Character] {
            var tar = TarWriter()
            // 2⁶⁰ bytes, in base 256.
            tar.add(Array("name".utf8), type: type) {
                $0.replaceSubrange(124..<136, with: [0x80, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0])
            }
            #expect(says(readingError(tar.ended(), limits: limits), "ends in the middle"), "\(type)")
        }
    }

    /// Each attribute was compared with all before it, and their number only when all had been read: 400,000 took an hour.
    @Test(.timeLimit(.minutes(1))) func `too many attributes are refused when there are too many`() {
        var limits = LayerLimits()
        limits.headerBytes = 64 << 20
        var tar = TarWriter()
        tar.pax((0..<400_000).map { ("SCHILY.xattr.user.\($0)", "") })
        tar.add("a")
        #expect(readingError(tar.ended(), limits: limits) == .limit(.attributes, allowed: 256, path: ""))
    }

    @Test func `every bit of a header counts`() {
        var tar = TarWriter()
        tar.add("name", data: "x")
        let whole = tar.ended()
        for bit in 0..<(512 * 8) {
            var broken = whole
            broken[bit / 8] ^= 1 << UInt8(bit % 8)
            // The checksum's own field: more than one spelling is the same number.
            if !(148..<156).contains(bit / 8) { #expect(readingError(broken) != nil, "bit \(bit)") }
        }
    }

    static let badPax: [(String, [UInt8])] = [
        ("no length", Array("path=a\n".utf8)), ("length too long", Array("99 path=a\n".utf8)),
        ("length too short", Array("5 path=a\n".utf8)), ("zero", Array("0 path=a\n".utf8)),
        ("huge", Array("99999999999999999999 path=a\n".utf8)), ("sign", Array("+10 path=a\n".utf8)),
        ("no newline", Array("10 path=abc".utf8)), ("no equals", Array("9 path:a\n".utf8)), ("empty record", Array("2 ".utf8)),
        ("NUL in path", TarWriter.record(Array("path".utf8), [0x61, 0, 0x62])),
        ("NUL in linkpath", TarWriter.record(Array("linkpath".utf8), [0x61, 0])),
        ("uid -1", record("uid", "-1")), ("uid +1", record("uid", "+1")), ("uid 0x0", record("uid", "0x0")),
        ("uid 2^32-1", record("uid", "4294967295")), ("uid 2^32", record("gid", "4294967296")),
        ("uid 2^64", record("uid", "18446744073709551616")), ("size -1", record("size", "-1")),
        ("size 2^63", record("size", "9223372036854775808")), ("time", record("mtime", "1e9")),
        ("time", record("mtime", "1.2.3")), ("time", record("mtime", "--1")), ("time", record("mtime", "99999999999999999999")),
        ("attribute without name", record("SCHILY.xattr.", "x")),
        ("attribute's NUL", TarWriter.record(Array("SCHILY.xattr.user.a".utf8) + [0], [1])),
        ("base64", record("LIBARCHIVE.xattr.user.a", "a*b")), ("percent", record("LIBARCHIVE.xattr.user.%4", "AAAA")),
        ("star's sparse", record("SCHILY.realsize", "100")), ("sparse 2.0", record("GNU.sparse.major", "2")),
        ("sparse without size", record("GNU.sparse.major", "1")), ("sparse odd", record("GNU.sparse.map", "1,2,3")),
        ("sparse order", record("GNU.sparse.size", "9") + record("GNU.sparse.map", "5,1,2,1")),
        ("sparse overflow", record("GNU.sparse.size", "9") + record("GNU.sparse.map", "18446744073709551615,2")),
        ("sparse behind the end", record("GNU.sparse.size", "9") + record("GNU.sparse.map", "9,1")),
    ]

    static func record(_ key: String, _ value: String) -> [UInt8] { TarWriter.record(Array(key.utf8), Array(value.utf8)) }

    @Test(arguments: badPax)
    func `a pax header that is wrong in any way is refused`(name: String, body: [UInt8]) {
        var tar = TarWriter()
        tar.add(Array("pax".utf8), type: "x", data: body)
        tar.add("a", data: "x")
        guard case .malformed = readingError(tar.ended()) else {
            Issue.record("\(name): \(readingError(tar.ended()).map { "\($0)" } ?? "accepted")")
            return
        }
    }

    @Test func `numbers that no file has are refused`() {
        let edits: [(inout [UInt8]) -> Void] = [
            { TarWriter.put(Array("0000009\0".utf8), in: &$0, at: 100) },
            { TarWriter.put(Array("-000001\0".utf8), in: &$0, at: 108) },
            { TarWriter.binary(-1, in: &$0, at: 108, width: 8) }, { TarWriter.binary(4_294_967_295, in: &$0, at: 116, width: 8) },
            { TarWriter.binary(-1, in: &$0, at: 124, width: 12) }, { TarWriter.binary(.max, in: &$0, at: 124, width: 12) },
            { for place in 124..<136 { $0[place] = 0xbf } }, { TarWriter.binary(-1, in: &$0, at: 100, width: 8) },
        ]
        for (index, edit) in edits.enumerated() {
            var tar = TarWriter()
            tar.add(Array("a".utf8), edit: edit)
            #expect(readingError(tar.ended()) != nil, "\(index)")
        }
        for (major, minor) in [(4096, 0), (0, 1 << 20)] as [(UInt64, UInt64)] {
            var tar = TarWriter()
            tar.add("a", type: "3", major: major, minor: minor)
            #expect(says(readingError(tar.ended()), "device number"))
        }
    }

    @Test(arguments: ["M", "V", "D", "N", "A", "X", "8", "\u{7f}"] as [Character])
    func `types that no layer has are refused by name`(type: Character) {
        var tar = TarWriter()
        tar.add("odd", type: type)
        #expect(says(readingError(tar.ended()), "'odd'"))
    }

    @Test func `a global header may comment, not change what comes after it`() throws {
        var tar = TarWriter()
        tar.pax([("comment", Array("commit 1234".utf8))], type: "g")
        tar.add("a")
        #expect(try readAll(tar.ended()).count == 1)
        for record in [("uid", "1"), ("path", "x"), ("SCHILY.xattr.user.a", "b"), ("GNU.sparse.name", "c")] {
            var tar = TarWriter()
            tar.pax([(record.0, Array(record.1.utf8))], type: "g")
            tar.add("a")
            #expect(says(readingError(tar.ended()), "global header"))
        }
    }

    @Test func `each limit is named with its option`() {
        var limits = LayerLimits()
        limits.entries = 2
        var tar = TarWriter()
        for name in ["a", "b", "c"] { tar.add(name, data: "data") }
        #expect(readingError(tar.ended(), limits: limits) == .limit(.entries, allowed: 2, path: "c"))
        limits = LayerLimits()
        limits.totalBytes = 4000
        #expect(readingError(tar.ended(), limits: limits) == .limit(.totalBytes, allowed: 4000, path: ""))
        limits = LayerLimits()
        limits.headerBytes = 1000
        tar = TarWriter()
        tar.pax([("comment", String(repeating: "x", count: 600))])
        tar.add("a")
        #expect(readingError(tar.ended(), limits: limits) == .limit(.headerBytes, allowed: 1000, path: ""))
        limits = LayerLimits()
        limits.attributes = 1
        tar = TarWriter()
        tar.pax([("SCHILY.xattr.user.a", "1"), ("SCHILY.xattr.user.b", "2")])
        tar.add("a")
        #expect(readingError(tar.ended(), limits: limits) == .limit(.attributes, allowed: 1, path: ""))
        for name in LayerLimits.Name.allCases {
            let text = "\(LayerError.limit(name, allowed: 7, path: "p/q"))"
            #expect(text.contains(name.option) && text.contains("7") && text.contains("'p/q'"))
            var limits = LayerLimits()
            limits[name] = 7
            #expect(limits[name] == 7 && limits != LayerLimits())
        }
    }

    /// libarchive 3.6 takes a gigabyte of memory for this one, which is 350 KB when compressed.
    @Test func `a sparse map of millions of pieces is refused before it is read`() {
        for count in [70_000, 99_999_999_999] {
            var tar = TarWriter()
            tar.pax([("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.realsize", "10")])
            tar.add(Array("a".utf8), data: Array("\(count)\n".utf8) + [UInt8](repeating: 0, count: 600))
            #expect(readingError(tar.ended()) == .limit(.pieces, allowed: 65_536, path: "a"))
        }
    }

    @Test func `a sparse file of an exabyte counts with its holes`() {
        var tar = TarWriter()
        tar.pax([("GNU.sparse.size", "1152921504606846976"), ("GNU.sparse.map", "1152921504606846975,1")])
        tar.add("a", data: "x")
        #expect(readingError(tar.ended()) == .limit(.totalBytes, allowed: 64 << 30, path: "a"))
    }

    @Test func `headers without an entry come to an end`() {
        var tar = TarWriter()
        for _ in 0..<3000 { tar.add(Array("x".utf8), type: "x") }
        #expect(readingError(tar.ended()) == .limit(.headerBytes, allowed: 1 << 20, path: ""))
        tar = TarWriter()
        tar.pax([("path", "a")])
        #expect(says(readingError(tar.ended()), "behind a header"))
        tar = TarWriter()
        tar.bytes = [UInt8](repeating: 0, count: 512)
        tar.add("a")
        #expect(says(readingError(tar.ended()), "one block of zeros"))
    }
}
