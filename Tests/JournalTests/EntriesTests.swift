import Testing

@testable import Journal

/// Reading those keys of a range that one wants.
@Suite("entries") struct EntriesTests {
    @Test func `only what is wanted is read, in order, at any revision`() throws {
        let machine = SimulatedMachine(seed: 3)
        let journal = try machine.open { _ in }
        for key in ["/p/b", "/p/b/x", "/p/a", "/q/a", "/p/a/x"] {
            _ = try journal.commit(Transaction(then: [.put(Key(key), value: Array(key.utf8))]), .volatile)
        }
        let before = try journal.revision()
        _ = try journal.commit(Transaction(then: [.delete(.key("/p/a")), .put("/p/c", value: [1])]), .volatile)
        func names(_ revision: Revision?) throws -> [String] {
            try journal.range(RangeRequest(.prefix("/p/"), at: revision)) { $0.count == 4 }.keyValues.map {
                "\($0.key)=\($0.value.count)"
            }
        }
        #expect(try names(nil) == ["/p/b=4", "/p/c=1"])
        #expect(try names(before) == ["/p/a=4", "/p/b=4"])
        #expect(try journal.range(RangeRequest(.all)) { _ in false }.keyValues.isEmpty)
        #expect(try journal.range(RangeRequest(.all, countOnly: true)) { $0.count == 4 }.count == 3)
        #expect(try journal.range(RangeRequest(.key("/q/a"))) { $0.count != 4 }.keyValues.isEmpty)
        #expect(throws: JournalError.self) { try journal.range(RangeRequest(.all, at: before + 100)) { _ in true } }
    }
}
