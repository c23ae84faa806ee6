import Cgroups
import Foundation
import LinuxKernel
import LinuxTypes
import OCISpec
import Testing

@testable import ContainerRuntime

/// The file that is a container: what a killed writer or a failing disk leaves of it is never taken for something else.
@Suite struct StateFileTests {
    private let records = (1...3).map { Array("{\"phase\": \"record \($0)\"}".utf8) }
    private let configuration = Array("{\"ociVersion\": \"1.3.0\"}".utf8)

    /// A file of its own with these bytes, opened as the store opens it.
    private func withFile<Result>(_ bytes: [UInt8] = [], _ body: (StateFile, String) throws -> Result) throws -> Result {
        let path = FileManager.default.temporaryDirectory.path + "/hull-state-\(UUID().uuidString)"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        defer { unlink(path) }
        let file = try FileDescriptor.workingDirectory.open(path, [.readWrite, .append])
        return try body(StateFile(file.descriptor), path)
    }

    private func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

    /// Claimed with a configuration, then two more records. Returns the bytes and where each record's frame ends.
    private func wholeFile() throws -> (bytes: [UInt8], ends: [Int]) {
        try withFile { file, path in
            var ends = [try file.append([(.configuration, configuration), (.record, records[0])], after: 0)]
            ends.append(try file.append([(.record, records[1])], after: ends[0]))
            ends.append(try file.append([(.record, records[2])], after: ends[1]))
            return (try bytes(path), ends)
        }
    }

    @Test func `the last record is the truth, the configuration stays`() throws {
        let whole = try wholeFile()
        try withFile(whole.bytes) { file, _ in
            for withConfiguration in [true, false] {
                let contents = try file.read(withConfiguration: withConfiguration)
                #expect(contents.record.map(Array.init) == records[2])
                #expect(Array(contents.configuration) == configuration)
                #expect(contents.end == whole.bytes.count && contents.end == whole.ends[2])
            }
        }
    }

    @Test func `a file cut at any byte holds the last record that is whole`() throws {
        let whole = try wholeFile()
        for count in 0..<whole.bytes.count {
            let expected = whole.ends.lastIndex { $0 <= count }.map { records[$0] }
            try withFile(Array(whole.bytes.prefix(count))) { file, _ in
                let contents = try file.read(withConfiguration: true)
                #expect(contents.record.map(Array.init) == expected, "cut at byte \(count)")
                #expect(contents.end <= count)
            }
        }
    }

    @Test func `a writer goes on behind the last whole record and cuts the rest off`() throws {
        let whole = try wholeFile()
        for count in [
            0, 4, 8, 20, whole.ends[0] - 1, whole.ends[0], whole.ends[0] + 1, whole.ends[1] + 17, whole.bytes.count - 1,
        ] {
            let torn = Array(whole.bytes.prefix(count)) + [0xff, 0xff]
            try withFile(torn) { file, path in
                let before = try file.read(withConfiguration: true)
                let end = try file.append([(.record, records[1])], after: before.end)
                let after = try file.read(withConfiguration: true)
                #expect(after.record.map(Array.init) == records[1], "torn at byte \(count)")
                #expect(after.end == end)
                #expect(try bytes(path).count == end)
                #expect(Array(after.configuration) == Array(before.configuration))
            }
        }
    }

    /// One flipped bit loses at most what it stands in; no record appears that nobody wrote.
    @Test func `no flipped bit makes another record`() throws {
        let whole = try wholeFile()
        for place in whole.bytes.indices {
            for bit in 0..<8 {
                var broken = whole.bytes
                broken[place] ^= 1 << UInt8(bit)
                try withFile(broken) { file, _ in
                    let contents = try file.read(withConfiguration: true)
                    let expected = whole.ends.lastIndex { $0 <= place }.map { records[$0] }
                    #expect(contents.record.map(Array.init) == expected, "byte \(place) bit \(bit)")
                    #expect(contents.configuration.isEmpty || Array(contents.configuration) == configuration)
                    // `state` and `list` read past the configuration without checking it, so they may still find a record behind it.
                    let quick = try file.read(withConfiguration: false)
                    #expect(quick.record.map { records.contains(Array($0)) } ?? true, "byte \(place) bit \(bit)")
                }
            }
        }
    }

    @Test(
        arguments: [
            [], [0], Array("HULLSTA".utf8), Array("HULLSTA1".utf8), Array("HULLSTA2".utf8) + [UInt8](repeating: 0, count: 64),
            [UInt8](repeating: 0, count: 4096), [UInt8](repeating: 0xff, count: 4096), Array("{\"phase\":\"running\"}".utf8),
            Array("HULLSTA1".utf8) + [UInt8](repeating: 0xff, count: 64),
            Array("HULLSTA1".utf8) + [UInt8](repeating: 0, count: 64),
        ] as [[UInt8]])
    func `a file that is none of ours holds no container`(garbage: [UInt8]) throws {
        try withFile(garbage) { file, _ in
            for withConfiguration in [true, false] {
                let contents = try file.read(withConfiguration: withConfiguration)
                #expect(contents.record == nil)
                #expect(try ContainerStore.decode(contents, "x") == nil)
            }
        }
    }

    @Test func `a claim takes the place of whatever was there`() throws {
        try withFile([UInt8](repeating: 7, count: 100)) { file, path in
            let end = try file.append([(.configuration, configuration), (.record, records[0])], after: 0)
            let contents = try file.read(withConfiguration: true)
            #expect(contents.record.map(Array.init) == records[0] && contents.end == end)
            #expect(try bytes(path).prefix(8) == Array("HULLSTA1".utf8)[...])
        }
    }

    @Test func `an empty configuration and an empty record are frames too`() throws {
        try withFile { file, _ in
            _ = try file.append([(.configuration, []), (.record, [])], after: 0)
            #expect(try file.read(withConfiguration: true).record?.isEmpty == true)
        }
    }
}
