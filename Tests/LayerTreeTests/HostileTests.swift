import Foundation
import ImageLayers
import LinuxKernel
import LinuxTypes
import TarWriter
import Testing

/// G1: archives that want out of their layer. Each is refused with its entry's name, and what lies outside stays as it was.
@Suite(.enabled(if: Place.isPossible, Place.whyNot)) struct HostileTests {
    static let refused: [(name: String, words: String, fill: @Sendable (inout TarWriter) -> Void)] = [
        ("dots", "'..'", { $0.add("../outside", data: "x") }), ("dots inside", "'..'", { $0.add("a/../../outside", data: "x") }),
        ("dots at the end", "'..'", { $0.directory("a/..") }), ("absolute dots", "'..'", { $0.add("/../outside", data: "x") }),
        ("no name", "without a name", { $0.add("") }), ("a file for the root", "root", { $0.add(".", data: "x") }),
        ("a link for the root", "root", { $0.add("./", type: "2", link: "/") }),
        (
            "a long name", "255",
            { tar in
                tar.pax([("path", String(repeating: "n", count: 256))])
                tar.add("x")
            }
        ),
        (
            "through a link to outside", "symbolic link",
            { tar in
                tar.add("l", type: "2", link: "..")
                tar.add("l/outside", data: "x")
            }
        ),
        (
            "through an absolute link", "symbolic link",
            { tar in
                tar.add("a/l", type: "2", link: "/")
                tar.add("a/l/etc/x", data: "x")
            }
        ),
        (
            "through a link inside", "symbolic link",
            { tar in
                tar.directory("d")
                tar.add("l", type: "2", link: "d")
                tar.add("l/x", data: "x")
            }
        ),
        (
            "through a link that took a directory's place", "symbolic link",
            { tar in
                tar.add("d/x", data: "x")
                tar.add("d", type: "2", link: "..")
                tar.add("d/outside", data: "x")
            }
        ),
        (
            "through a link that took the place of a parent in use", "symbolic link",
            { tar in
                tar.add("a/b/c/x", data: "x")
                tar.add("a/b", type: "2", link: "../..")
                tar.add("a/b/c/outside", data: "x")
            }
        ),
        (
            "through a file", "no directory",
            { tar in
                tar.add("f", data: "x")
                tar.add("f/x", data: "x")
            }
        ),
        ("a hard link to outside", "'..'", { $0.add("h", type: "1", link: "../outside") }),
        (
            "a hard link through a link", "symbolic link",
            { tar in
                tar.add("l", type: "2", link: "..")
                tar.add("h", type: "1", link: "l/outside")
            }
        ),
        ("a hard link to what is not there", "not in this layer", { $0.add("h", type: "1", link: "/etc/passwd") }),
        (
            "a hard link to a directory", "directory",
            { tar in
                tar.directory("d")
                tar.add("h", type: "1", link: "d")
            }
        ),
        ("a hard link to the root", "root", { $0.add("h", type: "1", link: "/") }),
        (
            "a hard link to a whiteout", "not in this layer",
            { tar in
                tar.add(".wh.w")
                tar.add("h", type: "1", link: "w")
            }
        ),
        (
            "a hard link from inside what it replaces", "whose place",
            { tar in
                tar.add("d/f", data: "x")
                tar.add("d", type: "1", link: "d/f")
            }
        ),
        ("the device that is a whiteout", "0:0", { $0.add("c", type: "3") }),
        ("a link to nothing", "to nothing", { $0.add("l", type: "2") }),
        ("a whiteout of nothing", "whiteout", { $0.add(".wh.") }), ("a whiteout of itself", "whiteout", { $0.add("a/.wh..") }),
        ("a whiteout of the parent", "whiteout", { $0.add("a/.wh...") }),
        ("a whiteout with contents", "not an empty file", { $0.add(".wh.a", data: "x") }),
        ("a whiteout that is a directory", "not an empty file", { $0.directory(".wh.a") }),
        ("a whiteout that is a link", "not an empty file", { $0.add(".wh.a", type: "2", link: "/") }),
        ("something below a whiteout", "below a whiteout", { $0.add(".wh.a/b") }),
        ("an opaque mark with contents", "not an empty file", { $0.add("d/.wh..wh..opq", data: "x") }),
        (
            "a whiteout through a link", "symbolic link",
            { tar in
                tar.add("l", type: "2", link: "..")
                tar.add("l/.wh.outside")
            }
        ),
        (
            "opaque through a link", "symbolic link",
            { tar in
                tar.add("l", type: "2", link: "..")
                tar.add("l/.wh..wh..opq")
            }
        ),
    ]

    @Test(arguments: refused.map(\.name)) func `what wants out is refused`(name: String) throws {
        let hostile = try #require(Self.refused.first { $0.name == name })
        let error = try unpackingError(archive(hostile.fill))
        #expect(error?.contains(hostile.words) == true, "\(name): \(error ?? "accepted")")
        #expect(error?.hasPrefix("entry '") == true, "\(error ?? "")")
    }

    @Test func `limits of paths are named`() throws {
        var options = UnpackOptions()
        options.limits.depth = 3
        #expect(try unpackingError(archive { $0.add("a/b/c") }, options: options) == nil)
        #expect(try unpackingError(archive { $0.add("a/b/c/d") }, options: options)?.contains("--max-depth") == true)
        let deep = archive { tar in
            tar.add("a/b/c")
            tar.add("a/b/c/d")
        }
        #expect(try unpackingError(deep, options: options)?.contains("--max-depth") == true)
        options = UnpackOptions()
        options.limits.pathBytes = 5
        #expect(try unpackingError(archive { $0.add("a/bcd") }, options: options) == nil)
        #expect(try unpackingError(archive { $0.add("a/bcde") }, options: options)?.contains("--max-path") == true)
        let link = archive { $0.add("l", type: "2", link: "123456") }
        #expect(try unpackingError(link, options: options)?.contains("--max-path") == true)
    }

    @Test func `an error of the source is the unpacking's, and an endless one is not waited for`() throws {
        let place = try Place()
        let root = try place.make("layer")
        #expect(
            Self.error(into: root.descriptor) { _ throws(LayerError) in throw .source(reason: "the cable is out") }
                == .source(reason: "the cable is out"))
        var tar = TarWriter()
        tar.add("../x")
        let start = tar.bytes
        var at = 0
        let error = Self.error(into: root.descriptor) { buffer in
            for index in 0..<buffer.count { buffer[index] = at + index < start.count ? start[at + index] : 0 }
            at += buffer.count
            return buffer.count
        }
        #expect(error == .refused(path: "../x", reason: "a path with '..'"))
    }

    private static func error(into root: FileDescriptor, _ source: sending @escaping ByteSource) -> LayerError? {
        do throws(LayerError) {
            _ = try LayerUnpacker.unpack(source, into: root)
            return nil
        } catch { return error }
    }
}
