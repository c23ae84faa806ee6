import InitProtocol
import KeeperProtocol
import SeededRandom
import Testing

/// The messages of keepers, their clients and workers.
@Suite struct ProtocolTests {
    static let requests: [KeeperRequest] = [
        .run, .stop(grace: nil), .stop(grace: 0), .stop(grace: .max), .restart(grace: 7), .remove(grace: nil), .waitForEnd,
        .attach(container: "a", takesInput: true), .attach(container: "", takesInput: false), .input([]), .input([0, 255, 10]),
        .inputEnd,
        .resize(rows: 24, columns: .max), .reopenLog(container: "ä"), .reexecute, .recover,
        .resize(rows: 24, columns: .max), .reopenLog(container: "ä"), .reexecute,
        .runSandbox, .createContainer("a", attempt: nil), .createContainer("b", attempt: .max),
        .startContainer("a", isRepeated: false), .startContainer("ä", isRepeated: true), .stopContainer("a", grace: nil),
        .stopContainer("", grace: 0), .removeContainer("a"),
        .label([]), .label([LabelChange(key: "a/b", value: ""), LabelChange(key: "c", value: nil)]),
    ]
    static let replies: [KeeperReply] = [
        .done, .failed("no\nway"), .note(""), .attached(hasTerminal: true), .output(stream: KeeperReply.stderr, [0, 1, 255]),
        .ended(exitCode: nil), .ended(exitCode: -1), .ended(exitCode: 137),
    ]
    static let jobs: [Job] = [
        .makeSandbox, starting("a", .max), creating("a", 7), finding(""), collecting("b", 1), .dismantle, .sync, .remove,
    ]
    static let reports: [JobReport] = [
        .done, .sandboxMade(addresses: []), .sandboxMade(addresses: ["10.0.0.1", "fd00::1"]),
        .started(.init(pid: .max, startTime: .max, memoryEvents: nil)), .found(.init(pid: 1, startTime: 0, memoryEvents: "/x")),
        .neverRan,
        .hasEnded, .collected(message: "bye"), .failed("why"), .failed("why", fault: "MissingProgram"),
        .sandboxMade(addresses: [], ledger: "a=1"),
        .started(.init(pid: 1, startTime: 2, memoryEvents: nil, ledger: "root=7;launch=9")),
    ]

    @Test func `every message is read back as it was written`() throws {
        for request in Self.requests { #expect(try KeeperRequest.read(request.message) == request) }
        try expectRoundTrips(Self.requests)
        try expectRoundTrips(Self.replies)
        try expectRoundTrips(Self.jobs)
        try expectRoundTrips(Self.reports)
    }

    private func expectRoundTrips<Message: WireValue & Equatable>(_ messages: [Message]) throws {
        for message in messages {
            let bytes = message.wireBytes
            #expect(try Message(wireBytes: bytes) == message)
            for count in 0..<bytes.count {
                #expect(throws: WireError.self) { try Message(wireBytes: Array(bytes[..<count])) }
            }
            #expect(throws: WireError.self) { try Message(wireBytes: bytes + [0]) }
        }
    }

    @Test func `a request that is cut short, or goes on, is refused`() {
        for request in Self.requests {
            let bytes = request.message
            for count in 0..<bytes.count {
                #expect(throws: WireError.self) { try KeeperRequest.read(Array(bytes[..<count])) }
            }
            #expect(throws: WireError.self) { try KeeperRequest.read(bytes + [0]) }
        }
    }

    /// What another version means by its bytes is not guessed.
    @Test func `a request of another version is known as such, whatever it says`() throws {
        for version in [UInt16(0), KeeperRequest.oldestVersion - 1, KeeperRequest.version + 1, .max] {
            for rest: [UInt8] in [[], [1], [250, 1, 2, 3], Array(KeeperRequest.stop(grace: 5).message.dropFirst(2))] {
                let bytes = [UInt8(version & 0xff), UInt8(version >> 8)] + rest
                #expect(try KeeperRequest.read(bytes) == nil)
            }
        }
    }

    /// A keeper of version 1 understands what there was then, and says of the rest that it does not.
    @Test func `a request carries the version in which it came`() {
        for request in Self.requests {
            let isNew =
                switch request {
                case .runSandbox, .createContainer, .startContainer, .stopContainer, .removeContainer: true
                default: false
                }
            #expect(Array(request.message.prefix(2)) == [isNew ? 2 : 1, 0], "\(request)")
            guard isNew else { continue }
            #expect(throws: WireError.self) { try KeeperRequest.read([1, 0] + request.wireBytes) }
        }
    }

    @Test func `who asks again for a start says so`() {
        #expect(KeeperRequest.startContainer("a", isRepeated: false).repeated == .startContainer("a", isRepeated: true))
        #expect(KeeperRequest.removeContainer("a").repeated == .removeContainer("a"))
    }

    @Test func `kinds that there are not are refused`() {
        for kind in [UInt8(0), 12, 100, 255] {
            let bytes: [UInt8] = [kind, 0, 0, 0, 0, 0, 0, 0, 0]
            #expect(throws: WireError.self) { try KeeperRequest(wireBytes: bytes) }
            #expect(throws: WireError.self) { try KeeperReply(wireBytes: bytes) }
            #expect(throws: WireError.self) { try Job(wireBytes: bytes) }
            #expect(throws: WireError.self) { try JobReport(wireBytes: bytes) }
        }
    }

    @Test func `the largest input and output fit into a message`() throws {
        let output = KeeperReply.output(stream: 1, [UInt8](repeating: 7, count: KeeperReply.outputLimit))
        #expect(output.wireBytes.count <= KeeperRequest.sizeLimit)
        #expect(try KeeperReply(wireBytes: output.wireBytes) == output)
    }

    @Test func `garbage is refused or is another message`() throws {
        let run = FuzzRun()
        var random = run.random
        let originals =
            Self.requests.map(\.message) + Self.replies.map(\.wireBytes) + Self.jobs.map(\.wireBytes)
            + Self.reports.map(\.wireBytes)
        var refused = 0
        while !run.isOver {
            for original in originals {
                var bytes = original
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    guard !bytes.isEmpty else { break }
                    let place = Int.random(in: 0..<bytes.count, using: &random)
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                    case 1: bytes.remove(at: place)
                    case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                    default: for index in place..<min(place + 4, bytes.count) { bytes[index] = 0xff }
                    }
                }
                do { _ = try KeeperRequest.read(bytes) } catch { refused += 1 }
                do { _ = try KeeperReply(wireBytes: bytes) } catch { refused += 1 }
                do { _ = try Job(wireBytes: bytes) } catch { refused += 1 }
                do { _ = try JobReport(wireBytes: bytes) } catch { refused += 1 }
            }
        }
        #expect(refused > 100, "seed \(run.seed)")
    }
}
