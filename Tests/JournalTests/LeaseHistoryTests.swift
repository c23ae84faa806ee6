import JournalHistory
import Testing

/// The checker of recorded histories, where keys hang on leases. Times are microseconds; a lease counts whole milliseconds.
@Suite("histories with leases") struct LeaseHistoryTests {
    private static func act(
        _ kind: History.LeaseAct.Kind, _ times: ClosedRange<Int64>, revision: Int64 = 0, by process: String = "p",
        _ outcome: History.Write.Outcome = .succeeded
    ) -> History.Operation {
        History.Operation(
            process, times.lowerBound, times.upperBound, revision: revision, action: .lease(.init(kind, outcome)))
    }

    /// One whose process was killed before it was answered.
    private static func unheard(_ kind: History.LeaseAct.Kind, at time: Int64) -> History.Operation {
        History.Operation("p", time, action: .lease(.init(kind)))
    }

    private static func put(
        _ id: UInt64, _ keys: [UInt32], _ times: ClosedRange<Int64>, revision: Int64, lease: Int64 = 0,
        if condition: Int64? = nil, _ outcome: History.Write.Outcome = .succeeded
    ) -> History.Operation {
        let write = History.Write(id, keys.map { .init($0) }, if: condition, lease: lease, outcome)
        return History.Operation("p", times.lowerBound, times.upperBound, revision: revision, action: .write(write))
    }

    private static func read(
        _ key: UInt32?, _ times: ClosedRange<Int64>, revision: Int64, _ found: [History.Read.Found]
    ) -> History.Operation {
        History.Operation(
            "p", times.lowerBound, times.upperBound, revision: revision, action: .read(History.Read(key, found)))
    }

    /// Id 0 is a deletion.
    private static func violations(
        _ operations: [History.Operation], _ events: [(Int64, UInt32, UInt64)], _ ends: [String: History.End] = [:]
    ) -> [String] {
        var history = History()
        history.operations = operations
        history.ends = ends
        let list = events.map { History.Stream.Event($0.0, .init($0.1, isDelete: $0.2 == 0), $0.2) }
        let through = (operations.map(\.revision) + events.map(\.0)).max() ?? 1
        history.streams = [History.Stream("w", [.init(from: 1, through: through, list)])]
        return history.violations()
    }

    private static let grant = act(.grant(milliseconds: 10), 1000...2000, revision: 2)
    private static let put = put(1, [1, 2], 3000...3100, revision: 3, lease: 2)
    private static let found = [History.Read.Found(1, 1, 3, lease: 2)]
    private static let over = [History.Read.Found(1, 1, 3, lease: 2, isExpired: true)]
    private static let puts: [(Int64, UInt32, UInt64)] = [(3, 1, 1), (3, 2, 1)]
    private static let end: [(Int64, UInt32, UInt64)] = [(4, 1, 0), (4, 2, 0)]

    @Test func `a lease that ends in time passes`() {
        let operations = [
            Self.grant, Self.put, Self.read(1, 4000...5000, revision: 3, Self.found),
            // Between the earliest deadline and the latest anything may be said.
            Self.read(1, 11_000...11_500, revision: 3, Self.over), Self.read(1, 11_500...12_000, revision: 3, Self.found),
            Self.put(2, [5], 12_500...13_000, revision: 5),
            Self.put(3, [1], 13_000...13_001, revision: 0, lease: 2, .refused),
            Self.act(.keepAlive(2, milliseconds: 10), 13_000...13_001, .refused), Self.read(1, 14_000...14_001, revision: 5, []),
        ]
        #expect(Self.violations(operations, Self.puts + Self.end + [(5, 5, 2)]) == [])
        var history = History()
        history.operations = operations
        history.streams = [
            History.Stream("w", [.init(from: 1, through: 4, Self.end.map { .init($0.0, .init($0.1, isDelete: true), 0) })])
        ]
        #expect(history.placed().ends == 1)
    }

    @Test func `a lease that is kept alive, kept by a put, or revoked passes`() {
        let operations = [
            Self.grant, Self.put, Self.act(.keepAlive(2, milliseconds: 10), 9000...9500),
            Self.put(2, [1], 12_500...13_000, revision: 4, lease: History.Write.keptLease, if: 3),
            Self.read(1, 13_100...13_200, revision: 4, [.init(1, 2, 4, lease: 2)]), Self.act(.revoke(2), 14_000...15_000),
            Self.read(nil, 15_001...15_002, revision: 5, []),
        ]
        #expect(Self.violations(operations, Self.puts + [(4, 1, 2), (5, 1, 0), (5, 2, 0)]) == [])
    }

    @Test func `a lease of a process passes that ends when it was killed`() {
        let life = Self.act(.grantForLife, 1000...2000, revision: 2, by: "q")
        let ends = ["q": History.End(earliest: 50_000, latest: 60_000)]
        let operations = [
            life, Self.put, Self.read(1, 49_000...49_500, revision: 3, Self.found),
            Self.put(2, [5], 60_001...60_002, revision: 5),
        ]
        let events = Self.puts + Self.end + [(5, 5, 2)]
        #expect(Self.violations(operations, events, ends) == [])
        let complaints = Self.violations(operations, events, [:])
        #expect(complaints.contains { $0.contains("though its process lives") }, "\(complaints)")
        let early = Self.violations(operations, events, ["q": .init(earliest: 60_010, latest: 60_020)])
        #expect(early.contains { $0.contains("8 µs too early") }, "\(early)")
        let late = Self.violations(Array(operations.dropLast()) + [Self.put(2, [5], 60_001...60_002, revision: 4)], [], ends)
        #expect(late.contains { $0.contains("before the end of lease 2, which was over") }, "\(late)")
    }

    struct Wrong: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let operations: [History.Operation]
        let events: [(Int64, UInt32, UInt64)]
        let complaint: String

        init(_ name: String, _ more: [History.Operation], _ complaint: String) { self.init(name, more, puts, complaint) }

        init(
            _ name: String, _ more: [History.Operation], _ events: [(Int64, UInt32, UInt64)], _ complaint: String
        ) {
            testDescription = name
            operations = [grant, put] + more
            self.events = events
            self.complaint = complaint
        }
    }

    static let wrong = [
        Wrong("an end before the deadline", [read(1, 10_900...10_998, revision: 4, [])], puts + end, "2 µs too early"),
        Wrong(
            "an end before the deadline that a keep-alive put off",
            [act(.keepAlive(2, milliseconds: 10), 9000...9500), read(1, 18_000...18_500, revision: 4, [])], puts + end,
            "500 µs too early"),
        Wrong(
            "an end that leaves a key", [read(1, 20_000...20_001, revision: 4, [])], puts + [(4, 1, 0)], "left 1 keys behind"),
        Wrong(
            "a write that sees a dead key", [put(2, [5], 12_001...12_100, revision: 4)],
            "before the end of lease 2, which was over"),
        Wrong(
            "a write after a revoke that changed nothing",
            [act(.revoke(2), 4000...4100), put(2, [5], 4200...4300, revision: 4)], "before the end of lease 2, which was over"),
        Wrong("a dead lease that takes a key", [put(2, [5], 12_001...12_100, revision: 4, lease: 2)], "lease 2, which was over"),
        Wrong(
            "a lease that takes a key when it has ended",
            [read(1, 11_500...11_600, revision: 4, []), put(2, [5], 11_700...11_800, revision: 5, lease: 2)], puts + end,
            "lease 2, which was over"),
        Wrong("a lease that nobody was granted", [put(2, [5], 4000...4001, revision: 4, lease: 9)], "which nobody was granted"),
        Wrong("a living lease that takes no key", [put(2, [5], 4000...4001, revision: 0, lease: 2, .refused)], "was not over"),
        Wrong(
            "a living lease that is not kept alive", [act(.keepAlive(2, milliseconds: 10), 4000...4001, .refused)], "was not over"
        ),
        Wrong(
            "a lease that is kept alive when it has ended",
            [read(1, 11_500...11_600, revision: 4, []), act(.keepAlive(2, milliseconds: 10), 11_700...11_800)], puts + end,
            "succeeded, though lease 2 had ended"),
        Wrong("a mark too early", [read(1, 10_900...10_998, revision: 3, over)], "is over, which it was not"),
        Wrong("a mark that is missing", [read(1, 12_001...12_002, revision: 3, found)], "was not told that lease 2 is over"),
        Wrong("a key on another lease", [read(1, 4000...4001, revision: 3, [.init(1, 1, 3)])], "differs in key 1"),
        Wrong(
            "a key that goes without a lease", [put(2, [5], 4000...4001, revision: 4)], puts + [(4, 5, 2), (5, 5, 0)],
            "hung on no lease"),
        Wrong("a revision that a grant has", [put(2, [5], 4000...4001, revision: 2)], "of a grant"),
    ]

    @Test(arguments: wrong)
    func `a history in which leases ended otherwise is refused`(_ wrong: Wrong) {
        let violations = Self.violations(wrong.operations, wrong.events)
        #expect(violations.contains { $0.contains(wrong.complaint) }, "\(violations)")
    }

    @Test func `what was done to leases is read again`() {
        let kinds: [History.LeaseAct.Kind] = [
            .grant(milliseconds: 7), .grantForLife, .keepAlive(3, milliseconds: 9), .revoke(4),
        ]
        var words: [UInt64] = []
        for kind in kinds {
            words += Recording.call(.lease(.init(kind)), at: 10) + Recording.written(.refused, revision: 5, at: 11)
        }
        words += Recording.call(.write(History.Write(7, [.init(1)], lease: History.Write.keptLease)), at: 12)
        words += Recording.written(.succeeded, revision: 6, at: 13)
        words += Recording.call(.read(History.Read(1)), at: 14) + Recording.found(Self.over, revision: 6, at: 15)
        var history = History()
        #expect(history.add(words, of: "p").isEmpty)
        let found = history.operations.prefix(4).map { operation -> History.LeaseAct.Kind? in
            guard case .lease(let act) = operation.action, act.outcome == .refused, operation.revision == 5 else { return nil }
            return act.kind
        }
        #expect(found == kinds)
        guard case .write(let write) = history.operations[4].action, case .read(let read) = history.operations[5].action else {
            Issue.record("not what was written")
            return
        }
        #expect(write.lease == History.Write.keptLease && read.found == Self.over)
    }
}
