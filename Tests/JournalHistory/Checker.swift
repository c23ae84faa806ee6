// Whether a history is linearizable. In general that is a search; here the store says in which order it did things: each transaction has its
// revision, each other answer the revision at which it looked. What is left is to see that this order is a possible one.

extension History {
    /// What is wrong with it, the first so many; empty for a history that a store with one copy, used by one after the other, could have made.
    public func violations(limit: Int = 20) -> [String] {
        var checker = Checker(history: self)
        checker.readLeases()
        checker.placeWrites()
        checker.checkRealTime()
        checker.checkWrites()
        checker.checkReads()
        checker.checkLeases()
        for stream in streams { checker.check(stream) }
        return Array(checker.violations.prefix(limit))
    }

    /// Transactions that took place, those among them whose answer nobody heard; and the ends of leases that took keys along, which nobody asked for.
    public func placed() -> (all: Int, unheard: Int, ends: Int) {
        var checker = Checker(history: self)
        checker.placeWrites()
        let unheard = checker.order.count { checker.history.operations[$0.operation].responded == Operation.never }
        let ends = checker.history.operations.count - operations.count
        return (checker.order.count, unheard - ends, ends)
    }
}

struct Checker {
    typealias Operation = History.Operation
    typealias Write = History.Write
    typealias Read = History.Read
    typealias Stream = History.Stream

    /// A transaction at its place in the order.
    struct Placed {
        var revision: Int64
        /// Its index in the history.
        var operation: Int
    }

    /// What a key was from a revision on; id 0 for a key that was deleted.
    struct Version {
        var revision: Int64
        var id: UInt64
        var lease: Int64 = 0
    }

    /// With the ends of leases as writes of nobody.
    private(set) var history: History
    /// What is known of each lease before the order is.
    var leases: [Int64: LeaseLife] = [:]
    var violations: [String] = []
    /// All transactions that took place, by revision.
    private(set) var order: [Placed] = []
    private(set) var versions: [UInt32: [Version]] = [:]

    init(history: History) { self.history = history }

    mutating func report(_ text: String) {
        // Enough to see what is wrong; one loss can have a million consequences.
        if violations.count < 100 { violations.append(text) }
    }

    func write(_ placed: Placed) -> Write? {
        guard case .write(let write) = history.operations[placed.operation].action else { return nil }
        return write
    }

    /// The version of a key at a revision; nil where it was not written until then.
    func version(of key: UInt32, at revision: Int64) -> Version? {
        guard let all = versions[key] else { return nil }
        let index = all.firstIndexAfter { $0.revision <= revision }
        return index > 0 ? all[index - 1] : nil
    }

    /// Finds the order: what was answered says its revision, of what was not answered the revision is where its id was seen.
    mutating func placeWrites() {
        let seen = sightings()
        var known: Set<UInt64> = []
        for (index, operation) in history.operations.enumerated() {
            guard case .write(let write) = operation.action else { continue }
            if !known.insert(write.id).inserted { report("id \(write.id) was written twice by \(operation.process)") }
            place(write, index, seen[write.id])
        }
        for (id, revision) in seen where !known.contains(id) { report("revision \(revision) holds id \(id), which nobody wrote") }
        placeEnds()
        order.sort { $0.revision < $1.revision }
        for (one, next) in zip(order, order.dropFirst()) where one.revision == next.revision {
            report("revision \(one.revision) was given to \(name(one.operation)) and to \(name(next.operation))")
        }
        for placed in order {
            if leases[placed.revision] != nil {
                report("\(name(placed.operation)) has the revision \(placed.revision) of a grant")
            }
            guard let write = write(placed) else { continue }
            for change in write.changes {
                let kept = write.lease == Write.keptLease ? versions[change.key]?.last?.lease ?? 0 : write.lease
                versions[change.key, default: []].append(
                    Version(
                        revision: placed.revision, id: change.isDelete ? 0 : write.id, lease: change.isDelete ? 0 : kept))
            }
        }
    }

    /// Keys that were deleted at a revision that is no write's went with leases.
    private mutating func placeEnds() {
        var taken = Set(order.map(\.revision))
        for stream in history.streams {
            for part in stream.parts {
                var rest = part.events[...]
                while let revision = rest.first?.revision {
                    let events = rest.prefix { $0.revision == revision }
                    rest = rest.dropFirst(events.count)
                    guard events.allSatisfy(\.change.isDelete), taken.insert(revision).inserted else { continue }
                    order.append(Placed(revision: revision, operation: history.operations.count))
                    let write = Write(0, events.map(\.change), .succeeded)
                    history.operations.append(Operation(Self.nobody, .min, revision: revision, action: .write(write)))
                }
            }
        }
    }

    /// Who ends leases that are over.
    static let nobody = "nobody"

    private mutating func place(_ write: Write, _ index: Int, _ seen: Int64?) {
        let operation = history.operations[index]
        switch write.outcome {
        case .succeeded:
            order.append(Placed(revision: operation.revision, operation: index))
            if let seen, seen != operation.revision {
                report("\(name(index)) was answered with revision \(operation.revision) and seen at \(seen)")
            }
        case .failed, .refused:
            if let seen { report("\(name(index)) was answered as not done and seen at revision \(seen)") }
        case .unknown:
            if let seen { order.append(Placed(revision: seen, operation: index)) }
        }
    }

    /// The revision at which each id was seen, by whoever saw it.
    private mutating func sightings() -> [UInt64: Int64] {
        var seen: [UInt64: Int64] = [:]
        func note(_ id: UInt64, _ revision: Int64) -> Int64? {
            let before = seen.updateValue(revision, forKey: id)
            return before == revision ? nil : before
        }
        for stream in history.streams {
            for event in stream.parts.lazy.flatMap(\.events) where !event.change.isDelete {
                if let other = note(event.id, event.revision) {
                    report("id \(event.id) was seen at revisions \(other) and \(event.revision) by \(stream.watcher)")
                }
            }
        }
        for operation in history.operations {
            guard case .read(let read) = operation.action else { continue }
            for found in read.found {
                if let other = note(found.id, found.modRevision) {
                    report("id \(found.id) was seen at revisions \(other) and \(found.modRevision) by \(operation.process)")
                }
            }
        }
        return seen
    }

    func name(_ index: Int) -> String {
        let operation = history.operations[index]
        let what =
            switch operation.action {
            case .write(let write): "write of id \(write.id)"
            case .read(let read): "read of \(read.key.map { "key \($0)" } ?? "all keys")"
            case .lease(let act): "\(act.kind)"
            }
        return "the \(what) by \(operation.process) at \(operation.invoked)"
    }
}

extension Array {
    /// The number of elements at the start for which a condition holds, which holds for none behind them.
    func firstIndexAfter(_ holds: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
