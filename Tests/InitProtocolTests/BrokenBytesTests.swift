import Foundation
import InitProtocol
import LinuxTypes
import SeededRandom
import Testing

/// Bytes that are no plan of ours end in a `WireError` or in some value, never in a crash or in memory that they do not have.
@Suite struct BrokenBytesTests {
    @Test func `every truncated plan is refused`() {
        let bytes = Samples.plan.wireBytes
        for count in 0..<bytes.count {
            #expect(throws: WireError.self) { try InitPlan(wireBytes: Array(bytes[..<count])) }
        }
    }

    @Test func `a plan with a byte behind it is refused`() {
        #expect(throws: WireError.self) { try InitPlan(wireBytes: Samples.plan.wireBytes + [0]) }
        #expect(throws: WireError.self) { try InitMessage(wireBytes: InitMessage.ready.wireBytes + [0]) }
    }

    @Test(.timeLimit(.minutes(2))) func `a changed plan is refused or is another plan`() throws {
        let original = Samples.plan.wireBytes
        var random = SplitMix(state: 0x48756c6c)
        var refused = 0
        var understood = 0
        for _ in 0..<4000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...3, using: &random) { mutate(&bytes, &random) }
            do throws(WireError) {
                let plan = try InitPlan(wireBytes: bytes)
                understood += 1
                // What was understood can be sent on. Text that is no UTF-8 was repaired, so only the second time is stable.
                #expect(try InitPlan(wireBytes: plan.wireBytes) == plan)
            } catch {
                refused += 1
                #expect(error.offset >= 0 && error.offset <= bytes.count)
            }
        }
        #expect(refused > 400 && understood > 400)
    }

    @Test func `a changed message is refused or is another message`() throws {
        var random = SplitMix(state: 7)
        var refused = 0
        for message in Samples.messages {
            for _ in 0..<200 {
                var bytes = message.wireBytes
                mutate(&bytes, &random)
                do throws(WireError) { _ = try InitMessage(wireBytes: bytes) } catch { refused += 1 }
            }
        }
        #expect(refused > 1000)
    }

    @Test func `random bytes are no plan`() {
        var random = SplitMix(state: 99)
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(throws: WireError.self) { try InitPlan(wireBytes: bytes) }
        }
    }

    /// A count of four thousand million elements in a message of a few bytes must not become an allocation.
    @Test func `a count beyond the bytes that follow is refused before anything is allocated`() {
        let huge: [UInt8] = [0xff, 0xff, 0xff, 0xff]
        #expect(throws: WireError.self) { try [MountPlan](wireBytes: huge) }
        #expect(throws: WireError.self) { try String(wireBytes: huge + [1, 2, 3]) }
        #expect(throws: WireError.self) { try FilterProgram(wireBytes: [0, 0, 0, 0] + huge + [UInt8](repeating: 0, count: 64)) }
        #expect(throws: WireError.self) { try [[String]](wireBytes: [1, 0, 0, 0] + huge) }
    }

    /// A count that the bytes could just hold, of elements that are each many times larger in memory than the least they take as bytes:
    /// 16 MiB of zeros that say they are 16 million mounts would have been 3 GiB.
    @Test func `memory follows what was read, not what was promised`() throws {
        let count = 16 << 20
        var bytes = withUnsafeBytes(of: UInt32(count).littleEndian) { Array($0) }
        bytes += [UInt8](repeating: 0xff, count: count)
        let before = try Self.addressSpacePeak()
        #expect(throws: WireError.self) { try [MountPlan](wireBytes: bytes) }
        #expect(try Self.addressSpacePeak() - before < 256 << 20)
    }

    /// The most address space that this process ever had, in bytes.
    private static func addressSpacePeak() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmPeak:") })
        return try #require(line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }) * 1024
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
        case 3: if bytes.count > 1 { bytes.remove(at: place) }
        case 4:
            let end = min(bytes.count, place + 4)
            for index in place..<end { bytes[index] = 0xff }
        default:
            let other = Int.random(in: 0..<bytes.count, using: &random)
            bytes.swapAt(place, other)
        }
    }
}
