import Digests
import Foundation
import ImageLayers
import LinuxKernel
import LinuxTypes
import TarWriter
import Testing

/// The same archives, unpacked by umoci: the trees must be the same, times and hard links too.
@Suite(
    .serialized, .enabled(if: Place.isPossible, Place.whyNot),
    .enabled(if: FileManager.default.isExecutableFile(atPath: umoci), "umoci is not installed"))
struct UmociTests {
    static let cases: [(name: String, layers: [@Sendable (inout TarWriter) -> Void])] = [
        (
            "kinds, modes, owners, times",
            [
                { tar in
                    tar.pax([("mtime", "-1.5")])
                    tar.add("./", type: "5", mode: 0o1755, uid: 7)
                    for index in 0..<8 {
                        tar.pax([("mtime", "\(index * 1000 - 3000).12345678\(index)")])
                        tar.add("d\(index)", type: "5", mode: UInt64(0o2700 + index), uid: UInt64(index), gid: 99)
                        tar.add(
                            "d\(index)/f", mode: UInt64(0o4755 + index), uid: 5, gid: UInt64(index), mtime: 77,
                            data: "contents \(index)")
                    }
                    tar.add("l", type: "2", uid: 3, gid: 4, mtime: 5, link: "../../outside")
                    tar.add("h", type: "1", mode: 0o4755, uid: 5, mtime: 77, link: "d0/f")
                    tar.add("null", type: "3", mode: 0o666, mtime: 5, major: 1, minor: 3)
                    tar.add("disk", type: "4", mode: 0o660, gid: 6, mtime: 5, major: 8, minor: 300)
                    tar.add("pipe", type: "6", mode: 0o600, mtime: 5)
                }
            ]
        ),
        (
            "names",
            [
                { tar in
                    let odd: [UInt8] = [0x61, 0xff, 0x0a, 0x20, 0xc3]
                    tar.add(odd, data: [1])
                    tar.pax([("path", Array("long/".utf8) + [UInt8](repeating: 0xe9, count: 200)), ("mtime", Array("1".utf8))])
                    tar.add(Array("x".utf8))
                    tar.add(Array("l".utf8), type: "2", link: odd)
                }
            ]
        ),
        (
            "attributes",
            [
                { tar in
                    tar.pax([("SCHILY.xattr.user.note", "hello"), ("mtime", "9")])
                    tar.add("f", uid: 33, data: "x")
                    tar.pax([
                        ("SCHILY.xattr.security.capability", [1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
                        ("mtime", Array("9".utf8)),
                    ])
                    tar.add("cap", uid: 33, data: "x")
                }
            ]
        ),
        (
            "duplicates",
            [
                { tar in
                    tar.add("x", data: "first")
                    tar.add("x", mode: 0o600, uid: 9, mtime: 3, data: "second")
                    tar.add("y", data: "file")
                    tar.add("y/", type: "5", mode: 0o700)
                    tar.add("y/in", data: "z")
                    tar.add("z", type: "2", link: "x")
                    tar.add("z", data: "no link")
                }
            ]
        ),
        (
            "two layers with whiteouts",
            [
                { tar in
                    for name in ["gone", "kept", "d/a", "d/b", "o/x", "o/y", "t/x"] { tar.add(name, mtime: 4, data: "lower") }
                    for name in ["d", "o", "t"] { tar.add(name, type: "5", mode: 0o755, mtime: 4) }
                },
                { tar in
                    tar.add(".wh.gone")
                    tar.add("d", type: "5", mode: 0o711, mtime: 8)
                    tar.add("d/.wh.a")
                    tar.add("o", type: "5", mode: 0o755, mtime: 8)
                    tar.add("o/.wh..wh..opq")
                    tar.add("o/new", mtime: 8, data: "upper")
                    tar.add("t", mtime: 8, data: "file")
                },
            ]
        ),
    ]

    @Test(arguments: cases.map(\.name)) func `umoci makes the same tree`(name: String) throws {
        let one = try #require(Self.cases.first { $0.name == name })
        let place = try Place()
        let archives = one.layers.map { archive($0).ended() }
        try Self.writeLayout(place.path + "/image", archives)
        try run(["unpack", "--image", place.path + "/image:x", place.path + "/theirs"])
        let ours = try place.stacked(archives)
        let theirs = try FileDescriptor.workingDirectory.open(place.path + "/theirs/rootfs", .directory)
        #expect(try Self.tree(place.path + "/ours") == Self.tree(place.path + "/theirs/rootfs"))
        #expect(try TreeDigest.compute(ours.descriptor) == TreeDigest.compute(theirs.descriptor))
    }

    /// Times and which files are one, which a tree digest leaves out. Directories that no entry names have the time at which they were made.
    private static func tree(_ top: String) throws -> [String] {
        var first: [UInt64: String] = [:]
        return try nameBytes(below: top).map { path in
            var status = stat()
            (Array((top + "/").utf8) + path + [0]).withUnsafeBufferPointer { bytes in
                _ = bytes.withMemoryRebound(to: CChar.self) { $0.baseAddress.map { lstat($0, &status) } }
            }
            let name = printable(path)
            let one = first[UInt64(status.st_ino), default: name]
            first[UInt64(status.st_ino)] = one
            let isImplied = name == "long" || name == ""
            return "\(name) \(isImplied ? 0 : status.st_mtim.tv_sec).\(isImplied ? 0 : status.st_mtim.tv_nsec) \(one)"
        }
    }

    private static func nameBytes(below top: String) throws -> [[UInt8]] {
        var found: [[UInt8]] = []
        func visit(_ directory: FileDescriptor, _ prefix: [UInt8]) throws {
            var stream = try DirectoryStream(directory)
            while let (name, type) = try stream.next() {
                let path = prefix + name.bytes
                found.append(path)
                if type == .directory {
                    let below = try directory.open(name, .directory)
                    try visit(below.descriptor, path + Array("/".utf8))
                }
            }
        }
        let root = try FileDescriptor.workingDirectory.open(top, .directory)
        try visit(root.descriptor, [])
        return found.sorted { $0.lexicographicallyPrecedes($1) }
    }

    private func run(_ arguments: [String]) throws {
        let program = Process()
        program.executableURL = URL(fileURLWithPath: umoci)
        program.arguments = arguments
        let errors = Foundation.Pipe()
        program.standardError = errors
        try program.run()
        let said = errors.fileHandleForReading.readDataToEndOfFile()
        program.waitUntilExit()
        #expect(program.terminationStatus == 0, "umoci: \(String(decoding: said, as: UTF8.self))")
    }

    /// An image layout of uncompressed layers.
    static func writeLayout(_ path: String, _ archives: [[UInt8]]) throws {
        let blobs = path + "/blobs/sha256/"
        try FileManager.default.createDirectory(atPath: blobs, withIntermediateDirectories: true)
        func put(_ bytes: [UInt8], _ type: String) throws -> String {
            let digest = Digest.of(bytes)
            try Data(bytes).write(to: URL(fileURLWithPath: blobs + digest.hex))
            return #""mediaType":"application/vnd.oci.image.\#(type)","digest":"\#(digest)","size":\#(bytes.count)"#
        }
        let layers = try archives.map { "{" + (try put($0, "layer.v1.tar")) + "}" }.joined(separator: ",")
        let ids = archives.map { #""\#(Digest.of($0))""# }.joined(separator: ",")
        let config = #"{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[\#(ids)]}}"#
        let manifest = #"{"schemaVersion":2,"config":{\#(try put(Array(config.utf8), "config.v1+json"))},"layers":[\#(layers)]}"#
        let name = #""annotations":{"org.opencontainers.image.ref.name":"x"}"#
        let index = #"{"schemaVersion":2,"manifests":[{\#(try put(Array(manifest.utf8), "manifest.v1+json")),\#(name)}]}"#
        try Data(index.utf8).write(to: URL(fileURLWithPath: path + "/index.json"))
        try Data(#"{"imageLayoutVersion":"1.0.0"}"#.utf8).write(to: URL(fileURLWithPath: path + "/oci-layout"))
    }
}

private let umoci = "/usr/bin/umoci"

extension Place {
    /// What the layers show together, the lowest first, copied into the directory `ours`.
    func stacked(_ archives: [[UInt8]]) throws -> OwnedDescriptor {
        var layers = DescriptorList()
        for (index, archive) in archives.enumerated() {
            try unpack(archive, "layer\(index)")
            layers.append(try opened("layer\(index)"))
        }
        let ours = try make("ours")
        try LayerStack.copy(layers.descriptors.reversed(), into: ours.descriptor)
        return ours
    }
}
