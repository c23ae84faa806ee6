import InitProtocol
import LinuxTypes
import Testing

@Suite struct FramingTests {
    @Test func `a header is as long as it says and comes back`() throws {
        let header = PlanHeader(buildID: [1, 2, 3], length: 0x0403_0201)
        let bytes = header.wireBytes
        #expect(bytes.count == PlanHeader.byteCount)
        #expect(Array(bytes.prefix(4)) == Array("HULL".utf8))
        #expect(Array(bytes.suffix(4)) == [1, 2, 3, 4])
        #expect(try PlanHeader(wireBytes: bytes) == header)
    }

    @Test func `a build id is padded, and a longer one cut, to one length`() {
        #expect(PlanHeader(buildID: [], length: 0).buildID == [UInt8](repeating: 0, count: 32))
        #expect(PlanHeader(buildID: [UInt8](repeating: 7, count: 40), length: 0).buildID == [UInt8](repeating: 7, count: 32))
        #expect(PlanHeader(buildID: [1], length: 0).buildID == [1] + [UInt8](repeating: 0, count: 31))
        #expect(PlanHeader(buildID: [1], length: 0) != PlanHeader(buildID: [2], length: 0))
    }

    @Test func `another magic, and every truncation, is no header`() {
        let bytes = PlanHeader(buildID: [1], length: 5).wireBytes
        for place in 0..<4 {
            for bit in 0..<8 {
                var broken = bytes
                broken[place] ^= 1 << UInt8(bit)
                #expect(throws: WireError.self) { try PlanHeader(wireBytes: broken) }
            }
        }
        for count in 0..<bytes.count { #expect(throws: WireError.self) { try PlanHeader(wireBytes: Array(bytes[..<count])) } }
    }

    @Test(arguments: Samples.messages)
    func `a frame says how long its message is`(message: InitMessage) throws {
        let frame = message.framed
        let length = frame.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        #expect(length == frame.count - 4)
        #expect(try InitMessage(wireBytes: Array(frame.dropFirst(4))) == message)
    }

    /// The first word of a stream tells a message of the init from the child's own report that its exec failed: 0x58454c46 as a length
    /// would be far above what the parent takes.
    @Test func `no message is as long as the mark of a failed exec`() {
        for message in Samples.messages { #expect(message.framed.count < 1 << 16) }
    }
}
