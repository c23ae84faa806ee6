import Testing

@testable import Journal

/// What reads say of leases whose deadlines pass while somebody keeps them alive, in whatever order the two look at the clock.
@Suite("leases: readers") struct LeaseReaderTests {
    private let machine = SimulatedMachine(seed: 3)

    @Test func `a lease that is kept alive while somebody reads is not over`() throws {
        let journal = try machine.open()
        let id = try journal.grantLease(milliseconds: 100, .volatile).id
        try put(journal, "/a", id)
        let clock = machine.clock
        let readers: [(Journal) throws -> Bool?] = [
            { try $0.value(of: "/a")?.isLeaseExpired }, { try $0.lease(id)?.isExpired },
            { try $0.range(RangeRequest(.all)).keyValues.first?.isLeaseExpired },
        ]
        let open = try machine.open()
        _ = try open.value(of: "/a")
        for isFresh in [false, true] {
            for read in readers {
                let reader = isFresh ? try machine.open() : open
                var kept: Lease?
                clock.whenAsked = {
                    clock.milliseconds += 90
                    do throws(JournalError) { kept = try journal.keepLeaseAlive(id, .volatile) } catch {}
                    clock.milliseconds += 20
                }
                #expect(try read(reader) == false)
                #expect(kept?.remaining == 100)
                _ = try journal.keepLeaseAlive(id, .volatile)
            }
        }
    }

    @Test func `what a stopped writer keeps alive is over for nobody, until he is gone`() throws {
        let journal = try machine.open()
        let lease = try journal.grantLease(milliseconds: 100, .volatile)
        let other = try journal.grantLease(milliseconds: 100, .volatile)
        try put(journal, "/a", lease.id)
        try put(journal, "/b", other.id)
        let readers = [try machine.open(), try machine.open { $0.isWritable = false }]
        let clock = machine.clock
        var seen: [[Bool]] = []
        func look() throws(JournalError) {
            for reader in readers {
                seen.append(try reader.range(RangeRequest(.all)).keyValues.map(\.isLeaseExpired))
                #expect(try reader.leases().map(\.isExpired) == seen.last)
            }
        }
        // He looks at the clock three times: before the news, for what is over, and for the new deadline.
        clock.whenAsked = {
            clock.whenAsked = {
                clock.whenAsked = {
                    clock.milliseconds += 150
                    clock.others = .alive
                    do throws(JournalError) { try look() } catch { Issue.record(error) }
                    // The same, killed there.
                    clock.others = .ended
                    do throws(JournalError) { try look() } catch { Issue.record(error) }
                }
            }
        }
        _ = try journal.keepLeaseAlive(lease.id, .volatile)
        try #require(clock.whenAsked == nil)
        #expect(seen == [[false, true], [false, true], [true, true], [true, true]])
        clock.others = .alive
        seen = []
        try look()
        #expect(seen == [[false, true], [false, true]])
        clock.milliseconds += 100
        seen = []
        try look()
        #expect(seen == [[true, true], [true, true]], "what was announced was taken back")
    }
}
