import LinuxKernel
import LinuxTypes
import Testing

@testable import ImageLayers

/// What is noted of directories until the archive's end.
@Suite struct DirectoryRecordsTests {
    /// Their number had two bytes: 65,536 attributes, which raised limits allow, were none, and their bytes were read as the next directory.
    @Test func `as many attributes of a directory as limits can allow are read again`() throws {
        let place = try FileDescriptor.workingDirectory.open("/tmp", [.readOnly, .directory])
        var records = try DirectoryRecords(beside: place.descriptor)
        var first = DirectoryRecords.Record.implied([try #require(FileName("a"))])
        first.attributes = (0..<65_537).map { .init(name: Array("user.\($0)".utf8), value: []) }
        try records.append(first)
        try records.append(.implied([try #require(FileName("b"))]))
        var read: [(path: String, attributes: Int)] = []
        try records.replay { record throws(LayerError) in read.append((record.displayPath, record.attributes.count)) }
        #expect(read.map(\.path) == ["a", "b"])
        #expect(read.map(\.attributes) == [65_537, 0])
    }
}
