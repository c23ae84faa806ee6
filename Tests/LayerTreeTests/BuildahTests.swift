import Digests
import Foundation
import ImageLayers
import LinuxKernel
import LinuxTypes
import TarWriter
import Testing

/// The same archives, unpacked by buildah (containers/storage, with its driver `vfs`): the trees must be the same.
@Suite(
    .serialized, .enabled(if: Place.isPossible, Place.whyNot),
    .enabled(if: FileManager.default.isExecutableFile(atPath: buildah), "buildah is not installed"))
struct BuildahTests {
    /// buildah refuses archives with two entries of one path.
    @Test(arguments: UmociTests.cases.map(\.name).filter { $0 != "duplicates" })
    func `buildah makes the same tree`(name: String) throws {
        let one = try #require(UmociTests.cases.first { $0.name == name })
        let place = try Place()
        let archives = one.layers.map { archive($0).ended() }
        try UmociTests.writeLayout(place.path + "/image", archives)
        let policy = place.path + "/policy.json"
        try Data(#"{"default":[{"type":"insecureAcceptAnything"}]}"#.utf8).write(to: URL(fileURLWithPath: policy))
        let storage = ["--root", place.path + "/storage", "--runroot", place.path + "/run", "--storage-driver", "vfs"]
        let container = try run(storage + ["from", "--quiet", "--signature-policy", policy, "oci:\(place.path)/image:x"])
        let theirs = try FileDescriptor.workingDirectory.open(try run(storage + ["mount", container]), .directory)
        let ours = try place.stacked(archives)
        // A root that no entry names is 0555 there.
        if try theirs.descriptor.status().permissions == 0o555 { try theirs.descriptor.changePermissions(0o755) }
        #expect(try TreeDigest.compute(ours.descriptor) == TreeDigest.compute(theirs.descriptor))
        _ = try run(storage + ["rm", container])
    }

    /// What it prints last, in one line.
    private func run(_ arguments: [String]) throws -> String {
        let process = Process()
        let output = Foundation.Pipe()
        process.executableURL = URL(fileURLWithPath: buildah)
        process.arguments = arguments
        process.standardOutput = output
        try process.run()
        let printed = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "buildah \(arguments) ended with \(process.terminationStatus)")
        return printed.split(separator: "\n").last.map(String.init) ?? ""
    }
}

private let buildah = "/usr/bin/buildah"
