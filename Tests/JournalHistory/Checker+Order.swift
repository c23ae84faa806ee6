extension Checker {
    /// An answer with its place: transactions at even places, what only looked behind the transaction whose revision it saw.
    private struct Point {
        var place: Int64
        var invoked: Int64
        var responded: Int64
        var operation: Int
    }

    /// What was answered before something else was asked for comes before it in the order of revisions too.
    mutating func checkRealTime() {
        let points = self.points().sorted { $0.place < $1.place }
        // From the end: the earliest answer of all that have a later place.
        var earliest: Point?
        var end = points.count
        while end > 0 {
            let place = points[end - 1].place
            let start = points[..<end].lastIndex { $0.place != place }.map { $0 + 1 } ?? 0
            if let earliest {
                for point in points[start..<end] where earliest.responded < point.invoked {
                    report(
                        "\(name(point.operation)) has revision \(place / 2), but began after \(name(earliest.operation)) had ended with "
                            + "revision \(earliest.place / 2)")
                }
            }
            for point in points[start..<end] where point.responded < earliest?.responded ?? .max { earliest = point }
            end = start
        }
    }

    private func points() -> [Point] {
        var points = order.map { placed in
            let operation = history.operations[placed.operation]
            return Point(
                place: placed.revision * 2, invoked: operation.invoked, responded: operation.responded,
                operation: placed.operation)
        }
        for (index, operation) in history.operations.enumerated() where operation.responded != Operation.never {
            switch operation.action {
            case .write(let write): guard write.outcome == .failed else { continue }
            case .read: break
            case .lease(let act):
                // The number of a lease is the revision of its grant. Other answers do not say theirs.
                guard act.outcome == .succeeded, operation.revision > 0 else { continue }
                points.append(
                    Point(
                        place: operation.revision * 2, invoked: operation.invoked, responded: operation.responded,
                        operation: index))
                continue
            }
            points.append(
                Point(
                    place: operation.revision * 2 + 1, invoked: operation.invoked, responded: operation.responded,
                    operation: index))
        }
        return points
    }

    /// Conditions held just before what they let through, and did not hold where they stopped it.
    mutating func checkWrites() {
        for placed in order {
            guard let write = write(placed), let condition = write.condition, let key = write.changes.first?.key else { continue }
            let found = modRevision(of: key, at: placed.revision - 1)
            if found != condition {
                report(
                    "\(name(placed.operation)) took place at revision \(placed.revision), though key \(key) was of revision \(found) and "
                        + "not \(condition)")
            }
        }
        for (index, operation) in history.operations.enumerated() {
            guard case .write(let write) = operation.action, write.outcome == .failed, let key = write.changes.first?.key else {
                continue
            }
            if modRevision(of: key, at: operation.revision) == write.condition {
                report("\(name(index)) was refused at revision \(operation.revision), though its condition held")
            }
        }
    }

    /// 0 for a key that does not exist.
    private func modRevision(of key: UInt32, at revision: Int64) -> Int64 {
        guard let version = version(of: key, at: revision), version.id != 0 else { return 0 }
        return version.revision
    }

    /// Each read found what the model has at its revision, no more and no less.
    mutating func checkReads() {
        let keys = Array(versions.keys)
        for (index, operation) in history.operations.enumerated() where operation.responded != Operation.never {
            guard case .read(let read) = operation.action else { continue }
            let revision = read.at ?? operation.revision
            let wanted = read.key.map { [$0] } ?? keys
            var expected: Set<Read.Found> = []
            for key in wanted {
                guard let version = version(of: key, at: revision), version.id != 0 else { continue }
                expected.insert(Read.Found(key, version.id, version.revision, lease: version.lease))
            }
            let found = read.found.map { Read.Found($0.key, $0.id, $0.modRevision, lease: $0.lease) }
            if found.count == expected.count, found.allSatisfy({ expected.contains($0) }) { continue }
            let odd = expected.symmetricDifference(found).min { $0.key < $1.key }
            report(
                "\(name(index)) at revision \(revision) found \(read.found.count) keys, expected \(expected.count); differs in "
                    + "\(odd.map { "key \($0.key), id \($0.id), revision \($0.modRevision), lease \($0.lease)" } ?? "a key found twice")"
            )
        }
    }

    /// A watcher was given each change once, in order, and none was left out.
    mutating func check(_ stream: Stream) {
        for part in stream.parts {
            let first = order.firstIndexAfter { $0.revision < part.from }
            let last = order.firstIndexAfter { $0.revision <= part.through }
            var expected: [Stream.Event] = []
            for placed in order[first..<max(first, last)] {
                guard let write = write(placed) else { continue }
                for change in write.changes.sorted(by: { $0.key < $1.key }) {
                    expected.append(Stream.Event(placed.revision, change, change.isDelete ? 0 : write.id))
                }
            }
            compare(part.events, expected, stream.watcher)
        }
    }

    private mutating func compare(_ found: [Stream.Event], _ expected: [Stream.Event], _ watcher: String) {
        for (one, next) in zip(found, found.dropFirst()) where one.revision > next.revision {
            return report("\(watcher) was given revision \(next.revision) after \(one.revision)")
        }
        let sorted = found.sorted { ($0.revision, $0.change.key) < ($1.revision, $1.change.key) }
        guard sorted != expected else { return }
        for (one, other) in zip(sorted, expected) where one != other {
            return report(
                "\(watcher) was given revision \(one.revision) (key \(one.change.key), id \(one.id)) where revision \(other.revision) "
                    + "(key \(other.change.key), id \(other.id)) was due")
        }
        report("\(watcher) was given \(sorted.count) events and not \(expected.count)")
    }
}
