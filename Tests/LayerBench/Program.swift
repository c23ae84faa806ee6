// Times of what a layer goes through, for Tools/bench-layers: no part of Hull.
//
//   layer-bench unpack ARCHIVE DIR     into a new directory
//   layer-bench digest DIR
//   layer-bench copy TOP… INTO         stacked layers, the top one first, into a new directory
//   layer-bench remove DIR

import Digests
import Glibc
import ImageLayers
import LinuxKernel
import LinuxTypes

@main struct LayerBench {
    static func main() {
        do {
            try run(Array(CommandLine.arguments.dropFirst()))
        } catch {
            print("layer-bench: \(error)")
            exit(1)
        }
    }

    private static func run(_ arguments: [String]) throws {
        guard let verb = arguments.first, let last = arguments.last, arguments.count > 1 else {
            print("usage: layer-bench unpack ARCHIVE DIR | digest DIR | copy TOP… INTO | remove DIR")
            return
        }
        let start = monotonicNanoseconds()
        switch verb {
        case "unpack":
            let archive = try open(arguments[1], [])
            let root = try new(last)
            let layer = try LayerUnpacker.unpack(bytes(of: archive.descriptor), into: root.descriptor)
            print("\(layer.stream.diffID) \(layer.entries) entries \(layer.fileBytes) bytes")
            report(start, bytes: layer.fileBytes)
        case "digest":
            let root = try open(last, .directory)
            print(try TreeDigest.compute(root.descriptor))
            report(start, bytes: 0)
        case "copy":
            var layers = DescriptorList()
            for path in arguments.dropFirst().dropLast() { layers.append(try open(path, .directory)) }
            let target = try new(last)
            try LayerStack.copy(layers.descriptors, into: target.descriptor)
            _ = consume layers
            report(start, bytes: 0)
        case "remove":
            let root = try open(last, .directory)
            try LayerRemoval.removeContents(of: root.descriptor)
            report(start, bytes: 0)
        default: print("layer-bench: no verb '\(verb)'")
        }
    }

    private static func open(_ path: String, _ flags: OpenFlags) throws -> OwnedDescriptor {
        try FileDescriptor.workingDirectory.open(path, flags)
    }

    private static func new(_ path: String) throws -> OwnedDescriptor {
        try FileDescriptor.workingDirectory.makeDirectory(path, permissions: 0o700)
        return try open(path, .directory)
    }

    /// Seconds, megabytes of files a second, and the peak of resident memory in kilobytes.
    private static func report(_ start: Int64, bytes: UInt64) {
        let nanoseconds = monotonicNanoseconds() - start
        let milliseconds = nanoseconds / 1_000_000
        let rate = bytes / UInt64(max(nanoseconds / 1000, 1))
        print("\(milliseconds) ms  \(rate) MB/s  peak \(peak()) kB")
    }

    private static func peak() -> String {
        do {
            let status = try readText("/proc/self/status")
            let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
            return line.split(separator: " ").dropLast().last.map { String($0.drop { $0 == "\t" }) } ?? "?"
        } catch { return "?" }
    }
}
