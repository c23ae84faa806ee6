import Digests
import Foundation
import ImageLayers
import LinuxKernel
import LinuxTypes
import TarWriter
import Testing

/// A directory of a test's own below /var/tmp, with a file outside that nothing may touch. Gone when the test is.
final class Place {
    let path: String
    let directory: OwnedDescriptor

    /// Root, for files of other people, and a directory whose files can have attributes: user-mode Linux has none.
    static let isPossible: Bool = {
        do {
            let place = try Place()
            let file = try place.directory.descriptor.open("file", [.create, .writeOnly])
            try file.descriptor.setAttribute(Array("user.note".utf8), to: [1])
            try file.descriptor.setAttribute(Array("trusted.note".utf8), to: [1])
            return geteuid() == 0
        } catch { return false }
    }()

    static let whyNot: Comment = "needs root, and files in /var/tmp that have attributes"

    init() throws {
        // In lower case: some programs make a name of an image of it.
        path = "/var/tmp/hull-layers-\(UUID().uuidString.lowercased())"
        try FileDescriptor.workingDirectory.makeDirectory(path, permissions: 0o755)
        directory = try FileDescriptor.workingDirectory.open(path, .directory)
        try Data("untouched".utf8).write(to: URL(fileURLWithPath: path + "/outside"))
    }

    deinit {
        do {
            try LayerRemoval.removeContents(of: directory.descriptor)
            try FileDescriptor.workingDirectory.removeDirectory(path)
        } catch { print("'\(path)' is left: \(error)") }
    }

    /// A new directory.
    func make(_ name: String) throws -> OwnedDescriptor {
        try directory.descriptor.makeDirectory(name, permissions: 0o700)
        return try directory.descriptor.open(name, .directory)
    }

    /// Unpacks an archive into a new directory.
    @discardableResult
    func unpack(_ tar: TarWriter, _ name: String = "layer", options: UnpackOptions = UnpackOptions()) throws -> UnpackedLayer {
        try unpack(tar.ended(), name, options: options)
    }

    @discardableResult
    func unpack(_ archive: [UInt8], _ name: String = "layer", options: UnpackOptions = UnpackOptions()) throws -> UnpackedLayer {
        let root = try make(name)
        return try LayerUnpacker.unpack(bytes(in: archive), into: root.descriptor, options: options)
    }

    /// What there is, a line each, in order: `path type permissions uid:gid`, with what a device, a link and a small file hold.
    func listing(_ name: String = "layer") throws -> [String] { try Self.listing(path + "/" + name) }

    static func listing(_ top: String) throws -> [String] {
        try (FileManager.default.subpathsOfDirectory(atPath: top) as [String]).sorted().map { path in
            var status = stat()
            lstat(top + "/" + path, &status)
            var line = "\(path) \(String(status.st_mode, radix: 8)) \(status.st_uid):\(status.st_gid)"
            switch status.st_mode & S_IFMT {
            case S_IFCHR, S_IFBLK:
                let number = DeviceNumber(encoded: UInt64(status.st_rdev))
                line += " \(number.major):\(number.minor)"
            case S_IFLNK: line += " -> " + (try FileManager.default.destinationOfSymbolicLink(atPath: top + "/" + path))
            case S_IFREG where status.st_size > 0 && status.st_size < 100:
                line += " '" + String(decoding: try Data(contentsOf: URL(fileURLWithPath: top + "/" + path)), as: UTF8.self) + "'"
            default: break
            }
            return line
        }
    }

    func attribute(_ name: String, of file: String) throws -> [UInt8]? {
        let opened = try FileDescriptor.workingDirectory.open(path + "/" + file, .readOnly)
        return try opened.descriptor.attribute(Array(name.utf8))
    }

    var isOutsideUntouched: Bool {
        (FileManager.default.contents(atPath: path + "/outside")).map { $0 == Data("untouched".utf8) } ?? false
    }
}

/// An archive of whatever stands in the closure.
func archive(_ fill: (inout TarWriter) -> Void) -> TarWriter {
    var tar = TarWriter()
    fill(&tar)
    return tar
}

/// The error that unpacking ends with.
func unpackingError(_ tar: TarWriter, options: UnpackOptions = UnpackOptions()) throws -> String? {
    let place = try Place()
    defer { withExtendedLifetime(place) {} }
    do {
        try place.unpack(tar, options: options)
        return nil
    } catch { return place.isOutsideUntouched ? "\(error)" : "outside was touched" }
}
