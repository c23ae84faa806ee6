import Foundation
import ImageLayers
import LinuxKernel
import LinuxTypes
import TarWriter
import Testing

/// What becomes of a layer's entries on the disk.
@Suite(.enabled(if: Place.isPossible, Place.whyNot)) struct UnpackTests {
    @Test func `types, modes, owners and contents are the archive's`() throws {
        let place = try Place()
        let layer = try place.unpack(
            archive { tar in
                tar.add("./", type: "5", mode: 0o1755, uid: 7, gid: 8)
                tar.add("d", type: "5", mode: 0o2750, uid: 1, gid: 2)
                tar.add("d/suid", mode: 0o6755, uid: 1000, gid: 4_294_967_294, data: "hi")
                tar.add("d/l", type: "2", uid: 3, gid: 4, link: "/etc/passwd")
                tar.add("d/h", type: "1", link: "d/suid")
                tar.add("d/hl", type: "1", link: "./d/l")
                tar.add("c", type: "3", mode: 0o620, uid: 0, gid: 5, major: 5, minor: 1)
                tar.add("b", type: "4", mode: 0o660, major: 8, minor: 70_000)
                tar.add("f", type: "6", mode: 0o666)
                tar.add("closed", type: "5", mode: 0)
                tar.add("closed/in", data: "x")
                tar.add("/absolute/./x//y", data: "z")
            })
        #expect(
            try place.listing() == [
                "absolute 40755 0:0", "absolute/x 40755 0:0", "absolute/x/y 100644 0:0 'z'", "b 60660 0:0 8:70000",
                "c 20620 0:5 5:1", "closed 40000 0:0", "closed/in 100644 0:0 'x'", "d 42750 1:2",
                "d/h 106755 1000:4294967294 'hi'", "d/hl 120777 3:4 -> /etc/passwd", "d/l 120777 3:4 -> /etc/passwd",
                "d/suid 106755 1000:4294967294 'hi'", "f 10666 0:0",
            ])
        let root = try place.directory.descriptor.status(of: "layer")
        #expect(root.permissions == 0o1755 && root.uid == 7 && root.gid == 8)
        let file = try place.directory.descriptor.status(of: "layer/d/suid")
        let other = try place.directory.descriptor.status(of: "layer/d/h")
        #expect(file.links == 2 && file.inode == other.inode)
        #expect(layer.impliedDirectories == 2 && layer.entries == 12 && layer.fileBytes == 4 && layer.omitted.isEmpty)
    }

    @Test func `times are set last, to the nanosecond and before 1970`() throws {
        let place = try Place()
        try place.unpack(
            archive { tar in
                tar.pax([("mtime", "-1.5")])
                tar.add("d", type: "5")
                tar.pax([("mtime", "1700000000.123456789")])
                tar.add("d/f", data: "x")
                tar.pax([("mtime", "-86400")])
                tar.add("d/l", type: "2", link: "f")
                tar.add("e/f", mtime: 5)
            })
        func time(_ name: String) throws -> FileTime { try place.directory.descriptor.status(of: "layer/" + name).modified }
        #expect(try time("d") == FileTime(seconds: -2, nanoseconds: 500_000_000))
        #expect(try time("d/f") == FileTime(seconds: 1_700_000_000, nanoseconds: 123_456_789))
        #expect(try time("d/l") == FileTime(seconds: -86_400))
        #expect(try time("e") == FileTime(seconds: 0))
    }

    @Test func `the last entry of a path wins, whatever the types`() throws {
        let kinds: [(String, (inout TarWriter) -> Void, String)] = [
            ("file", { $0.add("x", mode: 0o600, data: "F") }, "x 100600 0:0 'F'"),
            ("directory", { $0.directory("x") }, "x 40755 0:0"),
            ("link", { $0.add("x", type: "2", link: "../outside") }, "x 120777 0:0 -> ../outside"),
            ("fifo", { $0.add("x", type: "6", mode: 0o600) }, "x 10600 0:0"),
            ("device", { $0.add("x", type: "3", mode: 0o600, major: 1, minor: 3) }, "x 20600 0:0 1:3"),
            ("hard link", { $0.add("x", type: "1", link: "y") }, "x 100644 0:0 'Y'"),
        ]
        for (first, makeFirst, _) in kinds {
            for (second, makeSecond, expected) in kinds {
                let place = try Place()
                try place.unpack(
                    archive { tar in
                        tar.add("y", data: "Y")
                        makeFirst(&tar)
                        makeSecond(&tar)
                    })
                #expect(try place.listing() == [expected, "y 100644 0:0 'Y'"], "\(first), then \(second)")
                #expect(place.isOutsideUntouched)
            }
        }
    }

    @Test func `a directory over a directory keeps what is in it; over anything else it hides lower layers`() throws {
        let place = try Place()
        try place.unpack(
            archive { tar in
                tar.directory("d")
                tar.add("d/f", data: "x")
                tar.add("d", type: "5", mode: 0o700, uid: 9)
                tar.add("e", data: "x")
                tar.directory("e")
                tar.directory("full/of/things")
                tar.add("full", data: "gone")
                tar.add("full/", type: "5")
            })
        #expect(try place.listing() == ["d 40700 9:0", "d/f 100644 0:0 'x'", "e 40755 0:0", "full 40644 0:0"])
        #expect(try place.attribute("trusted.overlay.opaque", of: "layer/d") == nil)
        #expect(try place.attribute("trusted.overlay.opaque", of: "layer/e") == Array("y".utf8))
        #expect(try place.attribute("trusted.overlay.opaque", of: "layer/full") == Array("y".utf8))
    }

    @Test func `names that are no text are kept, byte for byte`() throws {
        let place = try Place()
        let name: [UInt8] = [0xff, 0x0a, 0x5c, 0x80]
        let layer = try place.make("layer")
        var tar = TarWriter()
        tar.add(name + Array("/".utf8) + name, data: [1])
        tar.add(Array("l".utf8), type: "2", link: name)
        let archive = tar.ended()
        _ = try LayerUnpacker.unpack(bytes(in: archive), into: layer.descriptor)
        let odd = try #require(FileName(name))
        let inner = try layer.descriptor.openBeneath([odd, odd], .readOnly)
        #expect(try inner.descriptor.readToEnd(limit: 10) == [1])
        #expect(try layer.descriptor.readLink(try #require(FileName("l"))) == name)
    }

    @Test func `attributes of the file are kept, those that the kernel believes are not`() throws {
        let place = try Place()
        let capability: [UInt8] = [1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        var tar = TarWriter()
        tar.pax([
            ("SCHILY.xattr.security.capability", capability), ("SCHILY.xattr.user.note", [0, 255]),
            ("SCHILY.xattr.trusted.overlay.opaque", Array("y".utf8)), ("SCHILY.xattr.trusted.x", [1]),
            ("SCHILY.xattr.user.overlay.whiteout", [1]), ("SCHILY.xattr.security.selinux", [1]),
            ("SCHILY.xattr.security.ima", [1]),
        ])
        tar.add(Array("f".utf8), uid: 33, data: [1])
        tar.pax([("SCHILY.xattr.trusted.overlay.redirect", Array("/etc".utf8)), ("SCHILY.xattr.user.d", [2])])
        tar.add("d", type: "5")
        tar.pax([("SCHILY.xattr.user.l", [2])])
        tar.add("l", type: "2", link: "f")
        let layer = try place.unpack(tar)
        #expect(try place.attribute("security.capability", of: "layer/f") == capability)
        #expect(try place.attribute("user.note", of: "layer/f") == [0, 255])
        #expect(try place.attribute("user.d", of: "layer/d") == [2])
        let file = try FileDescriptor.workingDirectory.open(place.path + "/layer/f", .readOnly)
        #expect(Set(try file.descriptor.attributeNames()) == Set(["security.capability", "user.note"].map { Array($0.utf8) }))
        let directory = try FileDescriptor.workingDirectory.open(place.path + "/layer/d", .readOnly)
        #expect(try directory.descriptor.attributeNames() == [Array("user.d".utf8)])
        #expect(
            layer.omitted == [
                "trusted.overlay.opaque": 1, "trusted.x": 1, "user.overlay.whiteout": 1, "security.selinux": 1, "security.ima": 1,
                "trusted.overlay.redirect": 1, "user.l": 1,
            ])
    }

    @Test func `holes stay holes`() throws {
        let place = try Place()
        try place.unpack(
            archive { tar in
                tar.pax([("GNU.sparse.size", "1073741824"), ("GNU.sparse.map", "1048576,3,1073741824,0")])
                tar.add("s", data: "abc")
            })
        var status = stat()
        lstat(place.path + "/layer/s", &status)
        #expect(status.st_size == 1 << 30 && status.st_blocks < 64)
    }

    @Test func `devices can be left out, and are counted`() throws {
        let place = try Place()
        var options = UnpackOptions()
        options.devices = .leaveOut
        let layer = try place.unpack(
            archive { tar in
                tar.add("dev/null", type: "3", major: 1, minor: 3)
                tar.add("dev/sda", type: "4", major: 8, minor: 0)
                tar.add("dev/pipe", type: "6", mode: 0o600)
            }, options: options)
        #expect(try place.listing() == ["dev 40755 0:0", "dev/pipe 10600 0:0"])
        #expect(layer.omitted == ["character device": 1, "block device": 1])
    }

    @Test func `a thousand directories and their attributes go through the file without a name`() throws {
        let place = try Place()
        let note = [UInt8](repeating: 65, count: 900)
        var tar = TarWriter()
        for index in 0..<1000 {
            tar.pax([("SCHILY.xattr.user.note", note)])
            tar.add("d\(index)", type: "5", mode: UInt64(index & 0o777), uid: UInt64(index), mtime: UInt64(index))
        }
        try place.unpack(tar)
        for index in 0..<1000 {
            let status = try place.directory.descriptor.status(of: "layer/d\(index)")
            #expect(status.uid == UInt32(index) && status.permissions == UInt32(index & 0o777))
            #expect(status.modified == FileTime(seconds: Int64(index)))
        }
        #expect(try place.attribute("user.note", of: "layer/d999") == note)
    }
}

extension Place {
    func opened(_ name: String) throws -> OwnedDescriptor { try directory.descriptor.open(name, .directory) }
}
