import Digests
import ImageLayers
import LinuxTypes
import TarWriter
import Testing

/// What archives say, in all forms in which they say it.
@Suite struct ArchiveTests {
    @Test func `kinds, ids, modes and times are the archive's`() throws {
        var tar = TarWriter()
        tar.add("./", type: "5", mode: 0o1777)
        tar.add("a", mode: 0o104755, uid: 1000, gid: 4_294_967_294, mtime: 1_700_000_000, data: "hello")
        tar.add("l", type: "2", link: "../target")
        tar.add("h", type: "1", link: "a")
        tar.add("c", type: "3", major: 5, minor: 1)
        tar.add("b", type: "4", major: 8, minor: 70_000)
        tar.add("f", type: "6")
        tar.add("old/", type: "\0")
        let all = try readAll(tar.ended())
        #expect(all.map(\.path) == ["./", "a", "l", "h", "c", "b", "f", "old/"])
        #expect(all[0].entry.kind == .directory && all[0].entry.permissions == 0o1777)
        #expect(all[1].entry.kind == .regular(size: 5) && all[1].data == Array("hello".utf8))
        #expect(all[1].entry.permissions == 0o4755 && all[1].entry.uid == 1000 && all[1].entry.gid == 4_294_967_294)
        #expect(all[1].entry.modified == FileTime(seconds: 1_700_000_000))
        #expect(all[2].entry.kind == .symbolicLink(target: Array("../target".utf8)))
        #expect(all[3].entry.kind == .hardLink(target: Array("a".utf8)))
        #expect(all[4].entry.kind == .characterDevice(DeviceNumber(major: 5, minor: 1)))
        #expect(all[5].entry.kind == .blockDevice(DeviceNumber(major: 8, minor: 70_000)))
        #expect(all[6].entry.kind == .fifo)
        #expect(all[7].entry.kind == .directory)
    }

    @Test func `names are bytes, whatever they mean to a locale`() throws {
        let name: [UInt8] = [0x61, 0xff, 0xfe, 0x0a, 0xc3, 0x28, 0x5c]
        var tar = TarWriter()
        tar.add(name)
        tar.pax([("path", name + Array("/\u{1F980}".utf8)), ("linkpath", name)])
        tar.add(Array("short".utf8), type: "2")
        tar.pax([("hdrcharset", Array("BINARY".utf8)), ("path", name)])
        tar.add(Array("short".utf8))
        let all = try readAll(tar.ended())
        #expect(all.map(\.entry.path) == [name, name + Array("/\u{1F980}".utf8), name])
        #expect(all[1].entry.kind == .symbolicLink(target: name))
        #expect(all[0].path == "a\\xff\\xfe\\x0a\\xc3(\\\\")
    }

    @Test func `long names come by prefix, by GNU's headers and by pax`() throws {
        let long = String(repeating: "d/", count: 120) + "n"
        var tar = TarWriter()
        tar.add(Array("last".utf8)) { TarWriter.put(Array("some/where".utf8), in: &$0, at: 345) }
        tar.add(Array("././@LongLink".utf8), type: "L", data: Array(long.utf8) + [0])
        tar.add(Array("././@LongLink".utf8), type: "K", data: Array((long + "t").utf8) + [0])
        tar.add("cut", type: "2", link: "cut")
        tar.pax([("path", long + "p")])
        tar.add("cut")
        let all = try readAll(tar.ended())
        #expect(all.map(\.path) == ["some/where/last", long, long + "p"])
        #expect(all[1].entry.kind == .symbolicLink(target: Array((long + "t").utf8)))
    }

    @Test(
        arguments: [
            ("0", 0, 0), ("1.5", 1, 500_000_000), ("-1", -1, 0), ("-1.5", -2, 500_000_000), ("-0.000000001", -1, 999_999_999),
            ("1700000000.123456789", 1_700_000_000, 123_456_789), ("1.1234567899", 1, 123_456_789),
            ("-1.0000000001", -2, 999_999_999),
            ("-62135596800", -62_135_596_800, 0), ("3.", 3, 0),
        ] as [(String, Int64, UInt32)])
    func `pax times go back before 1970, to the nanosecond`(text: String, seconds: Int64, nanoseconds: UInt32) throws {
        var tar = TarWriter()
        tar.pax([("mtime", text)])
        tar.add("a", mtime: 7)
        #expect(try readAll(tar.ended())[0].entry.modified == FileTime(seconds: seconds, nanoseconds: nanoseconds))
    }

    @Test func `a header's time goes back before 1970 in base 256`() throws {
        var tar = TarWriter()
        tar.add(Array("a".utf8)) { TarWriter.binary(-86_400, in: &$0, at: 136, width: 12) }
        #expect(try readAll(tar.ended())[0].entry.modified == FileTime(seconds: -86_400))
    }

    @Test func `pax records win over headers, later ones over earlier ones, and empty ones take back`() throws {
        var tar = TarWriter()
        tar.pax([("uid", "5"), ("uid", "4294967294"), ("gid", "9"), ("gid", ""), ("size", "3"), ("comment", "x\ny")])
        tar.add(Array("a".utf8), uid: 1, gid: 2, data: [1, 2, 3], size: 0)
        let entry = try readAll(tar.ended())[0]
        #expect(entry.entry.uid == 4_294_967_294 && entry.entry.gid == 2 && entry.data == [1, 2, 3])
    }

    @Test func `attributes come in star's and in libarchive's form`() throws {
        var tar = TarWriter()
        tar.pax([
            ("LIBARCHIVE.xattr.user.b%2Fc", Array("AP8".utf8)), ("SCHILY.xattr.user.a", [0, 10, 61]),
            ("LIBARCHIVE.xattr.user.a", Array("AAAA".utf8)),
        ])
        tar.add("a")
        let attributes = try readAll(tar.ended())[0].entry.attributes
        #expect(attributes.map { String(decoding: $0.name, as: UTF8.self) } == ["user.b/c", "user.a"])
        #expect(attributes.map(\.value) == [[0, 255], [0, 10, 61]])
    }

    static let sparseContents = [UInt8](repeating: 0, count: 1000) + Array("abc".utf8) + [UInt8](repeating: 0, count: 997) + [7]

    @Test func `sparse files come in all four forms of GNU tar`() throws {
        var tar = TarWriter()
        tar.pax([
            ("GNU.sparse.size", "2001"), ("GNU.sparse.numblocks", "2"), ("GNU.sparse.offset", "1000"),
            ("GNU.sparse.numbytes", "3"),
            ("GNU.sparse.offset", "2000"), ("GNU.sparse.numbytes", "1"),
        ])
        tar.add(Array("0.0".utf8), data: Array("abc".utf8) + [7])
        tar.pax([("GNU.sparse.name", "0.1"), ("GNU.sparse.size", "2001"), ("GNU.sparse.map", "1000,3,2000,1")])
        tar.add(Array("other".utf8), data: Array("abc".utf8) + [7])
        tar.pax([
            ("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", "1.0"), ("GNU.sparse.realsize", "2001"),
        ])
        var map = Array("2\n1000\n3\n2000\n1\n".utf8)
        map += [UInt8](repeating: 0, count: 512 - map.count)
        tar.add(Array("other".utf8), data: map + Array("abc".utf8) + [7])
        tar.add(Array("old".utf8), type: "S", data: Array("abc".utf8) + [7]) {
            TarWriter.octal(1000, in: &$0, at: 386, width: 12)
            TarWriter.octal(3, in: &$0, at: 398, width: 12)
            TarWriter.octal(2000, in: &$0, at: 410, width: 12)
            TarWriter.octal(1, in: &$0, at: 422, width: 12)
            TarWriter.octal(2001, in: &$0, at: 483, width: 12)
        }
        tar.add("after", data: "x")
        let all = try readAll(tar.ended())
        #expect(all.map(\.path) == ["0.0", "0.1", "1.0", "old", "after"])
        for sparse in all.dropLast() {
            #expect(sparse.entry.kind == .regular(size: 2001), "\(sparse.path)")
            #expect(sparse.data == Self.sparseContents, "\(sparse.path)")
        }
    }

    @Test func `data that nobody reads is skipped`() throws {
        var tar = TarWriter()
        tar.add("a", data: String(repeating: "x", count: 5000))
        tar.add("b", data: "y")
        let reader = ArchiveReader(bytes(in: tar.ended()))
        #expect(try reader.next()?.displayPath == "a")
        #expect(try reader.next()?.displayPath == "b")
        #expect(try reader.next() == nil)
        #expect(try reader.next() == nil)
    }

    @Test func `both digests are those of the whole streams, whatever stands behind the archive's end`() throws {
        var tar = TarWriter()
        tar.add("a", data: "hello")
        let archive = tar.ended() + [UInt8](repeating: 0, count: 700_000) + [1, 2, 3]
        let reader = ArchiveReader(bytes(in: archive), diffID: .sha512)
        while try reader.next() != nil {}
        let summary = try reader.finish()
        #expect(summary.digest == Digest.of(archive) && summary.diffID == Digest.of(archive, .sha512))
        #expect(summary.size == UInt64(archive.count) && summary.uncompressedSize == summary.size && summary.compression == .none)
    }

    @Test func `an archive without its end, or without anything, is one`() throws {
        var tar = TarWriter()
        tar.add("a", data: "x")
        #expect(try readAll(tar.bytes).count == 1)
        #expect(try readAll([]).isEmpty)
        #expect(try readAll([UInt8](repeating: 0, count: 512)).isEmpty)
    }
}
