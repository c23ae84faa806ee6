import JournalHistory
import Testing

/// The checker of recorded histories: what it must let pass, and what it must not.
@Suite("histories") struct HistoryTests {
    private static func put(
        _ id: UInt64, _ key: UInt32, _ times: ClosedRange<Int64>, revision: Int64, if condition: Int64? = nil,
        _ outcome: History.Write.Outcome = .succeeded
    ) -> History.Operation {
        History.Operation(
            "p", times.lowerBound, times.upperBound, revision: revision,
            action: .write(History.Write(id, [.init(key)], if: condition, outcome)))
    }

    /// A write whose process was killed before it was answered.
    private static func unheard(_ id: UInt64, _ key: UInt32, at time: Int64, if condition: Int64? = nil) -> History.Operation {
        History.Operation("p", time, action: .write(History.Write(id, [.init(key)], if: condition)))
    }

    private static func delete(_ id: UInt64, _ key: UInt32, _ times: ClosedRange<Int64>, revision: Int64) -> History.Operation {
        History.Operation(
            "p", times.lowerBound, times.upperBound, revision: revision,
            action: .write(History.Write(id, [.init(key, isDelete: true), .init(99)], .succeeded)))
    }

    private static func read(
        _ key: UInt32?, _ times: ClosedRange<Int64>, revision: Int64, at: Int64? = nil, _ found: [History.Read.Found]
    ) -> History.Operation {
        History.Operation(
            "p", times.lowerBound, times.upperBound, revision: revision, action: .read(History.Read(key, at: at, found)))
    }

    private static func stream(from: Int64 = 1, through: Int64, _ events: [(Int64, UInt32, UInt64)]) -> History.Stream {
        let list = events.map { History.Stream.Event($0.0, .init($0.1, isDelete: $0.2 == 0), $0.2) }
        return History.Stream("w", [History.Stream.Part(from: from, through: through, list)])
    }

    private static func violations(_ operations: [History.Operation], _ streams: [History.Stream] = []) -> [String] {
        var history = History()
        history.operations = operations
        history.streams = streams
        return history.violations()
    }

    /// Two writes of one key, a deletion of it, and what each of them could be seen as.
    private static let good = [
        put(10, 1, 0...10, revision: 2),
        put(11, 1, 5...20, revision: 3, if: 2),
        put(12, 1, 21...30, revision: 3, if: 2, .failed),
        put(13, 1, 31...32, revision: 0, .refused),
        delete(14, 1, 40...50, revision: 4),
        unheard(15, 2, at: 45),
        unheard(16, 2, at: 46),
        read(1, 6...8, revision: 2, [.init(1, 10, 2)]),
        read(1, 12...25, revision: 3, [.init(1, 11, 3)]),
        read(nil, 60...61, revision: 9, [.init(99, 14, 4), .init(2, 15, 9)]),
        read(1, 62...63, revision: 9, at: 3, [.init(1, 11, 3)]),
        read(1, 64...65, revision: 9, []),
    ]
    private static let goodStream = stream(through: 9, [(2, 1, 10), (3, 1, 11), (4, 1, 0), (4, 99, 14), (9, 2, 15)])

    @Test func `a history that one store could have made passes`() {
        #expect(Self.violations(Self.good, [Self.goodStream]) == [])
        var history = History()
        history.operations = Self.good
        #expect(history.placed().all == 4)
        #expect(history.placed().unheard == 1)
    }

    struct Wrong: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let operations: [History.Operation]
        var streams: [History.Stream] = []
        let complaint: String

        init(_ name: String, _ operations: [History.Operation], _ complaint: String) {
            self.init(name, operations, [], complaint)
        }

        init(_ name: String, _ operations: [History.Operation], _ streams: [History.Stream], _ complaint: String) {
            testDescription = name
            self.operations = operations
            self.streams = streams
            self.complaint = complaint
        }
    }

    static let wrong = [
        Wrong(
            "a revision given twice", [put(1, 1, 0...1, revision: 2), put(2, 2, 0...1, revision: 2)], "was given to"),
        Wrong(
            "an order against time", [put(1, 1, 0...1, revision: 3), put(2, 2, 5...6, revision: 2)], "began after"),
        Wrong(
            "a lost write", [put(1, 1, 0...1, revision: 2), read(1, 5...6, revision: 2, [])], "found 0 keys, expected 1"),
        Wrong(
            "a stale read",
            [put(1, 1, 0...1, revision: 2), put(2, 1, 2...3, revision: 3), read(1, 5...6, revision: 2, [.init(1, 1, 2)])],
            "began after"),
        Wrong(
            "a read of what is written only later",
            [read(1, 0...1, revision: 2, [.init(1, 1, 2)]), put(1, 1, 5...6, revision: 2)],
            "began after"),
        Wrong(
            "reads that go back",
            [
                put(1, 1, 0...1, revision: 2), put(2, 1, 2...30, revision: 3), read(1, 5...6, revision: 3, [.init(1, 2, 3)]),
                read(1, 7...8, revision: 2, [.init(1, 1, 2)]),
            ], "began after"),
        Wrong(
            "half a transaction",
            [
                delete(1, 1, 0...1, revision: 2), read(99, 5...6, revision: 2, []),
            ], "expected 1"),
        Wrong(
            "a value that nobody wrote", [put(1, 1, 0...1, revision: 2), read(1, 5...6, revision: 3, [.init(1, 7, 3)])],
            "which nobody wrote"),
        Wrong(
            "a condition that did not hold",
            [put(1, 1, 0...1, revision: 2), put(2, 1, 2...3, revision: 3), put(3, 1, 4...5, revision: 4, if: 2)],
            "and not 2"),
        Wrong(
            "a condition that held and was refused",
            [put(1, 1, 0...1, revision: 2), put(2, 1, 4...5, revision: 2, if: 2, .failed)], "though its condition held"),
        Wrong(
            "a condition of a write without answer",
            [put(1, 1, 0...1, revision: 2), put(2, 1, 2...3, revision: 3), unheard(3, 1, at: 4, if: 2)],
            [stream(through: 4, [(2, 1, 1), (3, 1, 2), (4, 1, 3)])], "and not 2"),
        Wrong(
            "a write without answer that took place twice", [unheard(1, 1, at: 0)],
            [stream(through: 3, [(2, 1, 1), (3, 1, 1)])], "was seen at revisions 2 and 3"),
        Wrong(
            "a refused write that took place", [put(1, 1, 0...1, revision: 0, .refused)],
            [stream(through: 2, [(2, 1, 1)])], "answered as not done"),
        Wrong(
            "an answer with another revision", [put(1, 1, 0...1, revision: 2)], [stream(through: 3, [(3, 1, 1)])],
            "was answered with revision 2 and seen at 3"),
        Wrong(
            "an older revision that is not what it was",
            [
                put(1, 1, 0...1, revision: 2), put(2, 1, 2...3, revision: 3),
                read(1, 5...6, revision: 3, at: 2, [.init(1, 2, 3)]),
            ], "at revision 2 found"),
        Wrong("a missing event", good, [stream(through: 9, [(2, 1, 10), (4, 1, 0), (4, 99, 14), (9, 2, 15)])], "was due"),
        Wrong(
            "an event too many", good,
            [stream(through: 9, [(2, 1, 10), (3, 1, 11), (3, 1, 11), (4, 1, 0), (4, 99, 14), (9, 2, 15)])], "was due"),
        Wrong(
            "the last event missing", good, [stream(through: 9, [(2, 1, 10), (3, 1, 11), (4, 1, 0), (4, 99, 14)]), goodStream],
            "4 events and not 5"),
        Wrong(
            "events out of order", good,
            [stream(through: 9, [(3, 1, 11), (2, 1, 10), (4, 1, 0), (4, 99, 14), (9, 2, 15)])], "after 3"),
    ]

    @Test(arguments: wrong)
    func `a history that no store could have made is refused`(_ wrong: Wrong) {
        let violations = Self.violations(wrong.operations, wrong.streams)
        #expect(violations.contains { $0.contains(wrong.complaint) }, "\(violations)")
    }

    @Test func `what was written down is read again, up to where it is cut off`() {
        let write = History.Write(7, [.init(1), .init(2, isDelete: true)], if: 3)
        var words = Recording.call(.write(write), at: 10)
        words += Recording.written(.succeeded, revision: 4, at: 11)
        words += Recording.call(.read(History.Read(nil, at: 2)), at: 12)
        words += Recording.found([.init(1, 5, 2)], revision: 4, at: 13)
        words += Recording.watched(.init(from: 1, through: 4, [.init(4, .init(1), 7), .init(4, .init(2, isDelete: true), 0)]))
        let whole = words.count
        words += Recording.call(.write(History.Write(8, [.init(1)])), at: 14)
        for count in whole...words.count {
            var history = History()
            let parts = history.add(Array(words[..<count]), of: "p")
            #expect(parts.count == 1 && parts[0].through == 4 && parts[0].events.count == 2 && parts[0].events[1].change.isDelete)
            #expect(history.operations.count == (count == words.count ? 3 : 2))
            guard case .write(let first) = history.operations[0].action, case .read(let second) = history.operations[1].action
            else {
                Issue.record("not what was written")
                return
            }
            #expect(first.changes == write.changes && first.condition == 3 && first.outcome == .succeeded)
            #expect(second.key == nil && second.at == 2 && second.found == [.init(1, 5, 2)])
            #expect(history.operations[0].revision == 4 && history.operations[1].responded == 13)
        }
    }
}
