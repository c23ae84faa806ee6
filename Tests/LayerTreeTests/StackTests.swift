import Digests
import Foundation
import ImageLayers
import LinuxKernel
import LinuxTypes
import TarWriter
import Testing

/// Whiteouts and opaque directories: overlayfs itself says whether they mean what the archive meant, and the plain copy must say the same.
@Suite(.serialized, .enabled(if: Place.isPossible, Place.whyNot)) struct StackTests {
    private static let lower = archive { tar in
        for name in ["gone", "kept", "replaced", "d/a", "d/b", "d/sub/c", "o/x", "o/y", "t/x", "w/x", "w/deep/y"] {
            tar.add(name, data: "lower")
        }
        tar.add("l", type: "2", link: "kept")
        tar.add("h1", data: "linked")
        tar.add("h2", type: "1", link: "h1")
    }

    /// What the upper layer's entries make of the lower one: names that are seen.
    private static let cases: [(name: String, fill: @Sendable (inout TarWriter) -> Void, gone: [String], added: [String])] = [
        ("a file", { $0.add(".wh.gone") }, ["gone"], []),
        ("a tree", { $0.add(".wh.d") }, ["d", "d/a", "d/b", "d/sub", "d/sub/c"], []),
        ("what is not there", { $0.add("d/.wh.nothing") }, [], []),
        (
            "a file, then the same name",
            { tar in
                tar.add(".wh.gone")
                tar.add("gone", data: "upper")
            }, [], []
        ),
        (
            "a name, then its whiteout",
            { tar in
                tar.add("gone", data: "upper")
                tar.add(".wh.gone")
            }, [], []
        ),
        (
            "a directory, whited out and made again",
            { tar in
                tar.add(".wh.d")
                tar.directory("d")
                tar.add("d/new", data: "upper")
            }, ["d/a", "d/b", "d/sub", "d/sub/c"], ["d/new"]
        ),
        (
            "a directory, made and then whited out",
            { tar in
                tar.add("d/new", data: "upper")
                tar.add(".wh.d")
            }, ["d/a", "d/b", "d/sub", "d/sub/c"], ["d/new"]
        ),
        (
            "a whiteout, then something below it",
            { tar in
                tar.add(".wh.d")
                tar.add("d/sub/new", data: "upper")
            }, ["d/a", "d/b", "d/sub/c"], ["d/sub/new"]
        ),
        (
            "opaque first",
            { tar in
                tar.add("o/.wh..wh..opq")
                tar.add("o/new", data: "upper")
            }, ["o/x", "o/y"], ["o/new"]
        ),
        (
            "opaque last",
            { tar in
                tar.directory("o")
                tar.add("o/new", data: "upper")
                tar.add("o/.wh..wh..opq")
            }, ["o/x", "o/y"], ["o/new"]
        ),
        (
            "opaque and whiteouts",
            { tar in
                tar.add("o/.wh.x")
                tar.add("o/.wh..wh..opq")
                tar.add("o/.wh.y")
            }, ["o/x", "o/y"], []
        ),
        ("a file in a directory's place", { $0.add("t", data: "file") }, ["t/x"], []),
        (
            "a file, then a directory, in a directory's place",
            { tar in
                tar.add("t", data: "file")
                tar.add("t/", type: "5")
            }, ["t/x"], []
        ),
        ("a whiteout as a hard link, as aufs made them", { $0.add("w/.wh.x", type: "1", link: ".wh..wh.aufs") }, ["w/x"], []),
        (
            "aufs's own books",
            { tar in
                tar.add(".wh..wh.aufs")
                tar.directory(".wh..wh.plnk")
                tar.add(".wh..wh.plnk/1.2", data: "x")
                tar.directory(".wh..wh.orph")
            }, [], []
        ),
        (
            "all, and one more",
            { tar in
                tar.add(".wh..wh..opq")
                tar.add("only", data: "upper")
            },
            [
                "d", "d/a", "d/b", "d/sub", "d/sub/c", "gone", "h1", "h2", "kept", "l", "o", "o/x", "o/y", "replaced", "t", "t/x",
                "w", "w/deep",
                "w/deep/y", "w/x",
            ], ["only"]
        ),
    ]

    @Test(arguments: cases.map(\.name), [OverlayForm.trusted, .user])
    func `overlayfs and the copy show what the layers mean`(name: String, form: OverlayForm) throws {
        let one = try #require(Self.cases.first { $0.name == name })
        let place = try Place()
        var options = UnpackOptions()
        options.overlay = form
        try place.unpack(Self.lower, "lower", options: options)
        let upper = try place.unpack(archive(one.fill), "upper", options: options)
        #expect(upper.isRootOpaque == (name == "all, and one more"))
        var expected = Set(try place.listing("lower").map { $0.split(separator: " ")[0] }.map(String.init))
        expected.subtract(one.gone)
        expected.formUnion(one.added)
        let (copy, seen) = try place.show(["upper", "lower"], form)
        #expect(Set(seen.map { String($0.split(separator: " ")[0]) }) == expected)
        #expect(copy)
        #expect(try place.changed("upper", over: "lower", form) == expected, "what the changes make of the lower layer")
    }

    @Test func `changes say what is added, replaced and hidden, and nothing else`() throws {
        let place = try Place()
        try place.unpack(Self.lower, "lowest")
        try place.unpack(archive { $0.add(".wh.w") }, "lower")
        let upper = archive { tar in
            tar.directory("d")  // as it was
            tar.directory("o", mode: 0o700)  // other permissions
            tar.directory("w")  // hidden below
            tar.add("w/x", data: "again")
            tar.add("kept", data: "other")
            tar.add("d/.wh.a")
            tar.add("d/.wh.nothing")
            tar.add("t", type: "2", link: "kept")
            tar.add("d/sub/.wh..wh..opq")
            tar.add("d/sub/new", data: "12345")
        }
        try place.unpack(upper, "upper")
        #expect(
            try place.changes("upper", over: ["lower", "lowest"]) == [
                "hidden d/a", "added d/sub/new 5", "hidden d/sub/c", "replaced kept 5", "replaced o", "replaced t", "added w",
                "added w/x 5",
            ])
        #expect(try place.changes("lower", over: ["lowest"]) == ["hidden w"])
        #expect(try place.changes("lowest", over: []).allSatisfy { $0.hasPrefix("added ") })
    }

    @Test func `whiteouts as attributes mean the same`() throws {
        let place = try Place()
        try place.unpack(Self.lower, "lower")
        let upper = try place.make("upper")
        // By hand: this process may make device nodes, so the unpacker would.
        let form = Array("trusted.overlay.".utf8)
        let gone = try upper.descriptor.open(try #require(FileName("gone")), [.create, .writeOnly], permissions: 0o600)
        try gone.descriptor.setAttribute(form + Array("whiteout".utf8), to: Array("y".utf8))
        try upper.descriptor.setAttribute(form + Array("opaque".utf8), to: Array("x".utf8))
        try upper.descriptor.changePermissions(0o755)
        let (copy, seen) = try place.show(["upper", "lower"], .trusted)
        #expect(!seen.contains { $0.hasPrefix("gone") } && seen.contains { $0.hasPrefix("kept") })
        #expect(copy)
    }

    @Test func `a copy has hard links, holes, owners, times and attributes, and no marks`() throws {
        let place = try Place()
        var tar = TarWriter()
        tar.pax([("SCHILY.xattr.user.note", Array("n".utf8)), ("mtime", Array("-7.25".utf8))])
        tar.add(Array("d".utf8), type: "5", mode: 0o1770, uid: 5, gid: 6)
        tar.pax([("GNU.sparse.size", "104857600"), ("GNU.sparse.map", "1048576,3,104857600,0")])
        tar.add("d/s", mode: 0o4755, data: "abc")
        tar.add("h", type: "1", link: "d/s")
        tar.add("d/.wh..wh..opq")
        tar.add("null", type: "3", mode: 0o666, major: 1, minor: 3)
        try place.unpack(tar, "one")
        let target = try place.make("copy")
        let one = try place.opened("one")
        try LayerStack.copy([one.descriptor], into: target.descriptor)
        #expect(try place.listing("copy") == place.listing("one"))
        let (a, b) = (try place.directory.descriptor.status(of: "copy/d/s"), try place.directory.descriptor.status(of: "copy/h"))
        #expect(a.inode == b.inode && a.links == 2)
        #expect(try place.directory.descriptor.status(of: "copy/d").modified == FileTime(seconds: -8, nanoseconds: 750_000_000))
        #expect(try place.attribute("user.note", of: "copy/d") == Array("n".utf8))
        #expect(try place.attribute("trusted.overlay.opaque", of: "copy/d") == nil)
        var status = stat()
        lstat(place.path + "/copy/d/s", &status)
        #expect(status.st_blocks < 64)
    }
}

extension Place {
    /// What a layer makes of those below, a line each.
    func changes(_ upper: String, over lower: [String], _ form: OverlayForm = .trusted) throws -> [String] {
        var below = DescriptorList()
        for name in lower { below.append(try opened(name)) }
        let lines = Lines()
        let layer = try opened(upper)
        try LayerStack.changes(of: layer.descriptor, over: below.descriptors, form: form) { change in
            let path = change.names.map { "\($0)" }.joined(separator: "/")
            lines.all.append("\(change.kind) \(path)" + (change.size > 0 ? " \(change.size)" : ""))
        }
        return lines.all
    }

    /// The names that are left of the lower layer when the changes are done to it.
    func changed(_ upper: String, over lower: String, _ form: OverlayForm) throws -> Set<String> {
        var names = Set(try listing(lower).map { String($0.split(separator: " ")[0]) })
        for change in try changes(upper, over: [lower], form) {
            let words = change.split(separator: " ").map(String.init)
            switch words[0] {
            case "added": #expect(names.insert(words[1]).inserted)
            case "replaced":
                #expect(names.contains(words[1]))
                let isDirectory = try directory.descriptor.status(of: upper + "/" + words[1]).type == .directory
                if !isDirectory { names = names.filter { !$0.hasPrefix(words[1] + "/") } }
            default:
                #expect(names.remove(words[1]) != nil)
                names = names.filter { !$0.hasPrefix(words[1] + "/") }
            }
        }
        return names
    }

    private final class Lines { var all: [String] = [] }

    /// What overlayfs shows of layers, the top one first, and whether the plain copy is the same tree.
    func show(_ names: [String], _ form: OverlayForm) throws -> (isCopySame: Bool, listing: [String]) {
        var layers = DescriptorList()
        for name in names { layers.append(try opened(name)) }
        let visible = names[..<(try LayerStack.visibleCount(of: layers.descriptors, form: form))]
        let target = try make("copied")
        try LayerStack.copy(layers.descriptors, into: target.descriptor, form: form)
        _ = consume layers
        // overlayfs wants two lower layers, or a lower and an upper one.
        _ = try make("nothing")
        _ = try make("merged")
        let lower = (visible + ["nothing"]).map { path + "/" + $0 }.joined(separator: ":")
        let options = "lowerdir=\(lower)" + (form == .user ? ",userxattr" : "")
        guard mount("overlay", path + "/merged", "overlay", 0, options) == 0 else {
            throw KernelError(call: "mount", errno: Errno(rawValue: errno), subject: options)
        }
        defer { umount2(path + "/merged", Int32(MNT_DETACH)) }
        let merged = try FileDescriptor.workingDirectory.open(path + "/merged", .directory)
        // overlayfs hides its own marks, and the copy has none.
        let same = try TreeDigest.compute(merged.descriptor) == TreeDigest.compute(target.descriptor)
        return (try same && Self.listing(path + "/merged") == listing("copied"), try Self.listing(path + "/merged"))
    }
}
