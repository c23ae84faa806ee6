import Foundation
import Testing

/// The verbs of `hull journal` one by one: what they print, and how they end.
@Suite("journal verbs", Requirement.root, Requirement.shell)
struct JournalVerbTests {
    @Test("put, get, history, del and range print what etcdctl's user expects")
    func reading() throws {
        let journal = try JournalStore("reading")
        expectEnd(try journal("get", "/a"), 1, "", says: "there is no journal in '\(journal.root)/journal'\nhint: ")
        expectEnd(try journal("del", "/a"), 1, "", says: "there is no journal")
        #expect(!Machine.exists(journal.root), "only a put makes a store")
        expectEnd(try journal("put", "/a", "first"), 0, "OK\n")
        expectEnd(try journal("put", "/a", "second", "--prev-kv"), 0, "OK\n/a\nfirst\n")
        expectEnd(try journal("put", "--volatile", "/b", "x"), 0, "OK\n")
        expectEnd(try journal("get", "/a"), 0, "/a\nsecond\n")
        expectEnd(try journal("get", "/a", "--at", "2"), 0, "/a\nfirst\n")
        expectEnd(try journal("get", "/a", "-o", "raw"), 0, "second")
        expectEnd(try journal("get", "/none"), 3, "")
        expectEnd(
            try journal("get", "/none", "-o", "json"), 3, "{\"header\":{\"revision\":4},\"kvs\":[],\"more\":false,\"count\":0}\n")
        expectEnd(try journal("get", "/a", "--at", "99"), 2, "", says: "required revision is a future revision (current is 4)")
        expectEnd(try journal("ls", "--keys-only"), 0, "/a\n/b\n")
        expectEnd(try journal("range", "/", "--order", "descend", "--limit", "1"), 0, "/b\nx\n")
        expectEnd(try journal("range", "/", "--count-only"), 0, "2\n")
        expectEnd(try journal("range", "/none"), 0, "")
        let table = try journal("range", "/", "-o", "table")
        #expect(
            table.lines.map { $0.split(separator: " ").map(String.init) } == [
                ["KEY", "CREATED", "MODIFIED", "VERSION", "DURABILITY", "VALUE"], ["/a", "2", "3", "2", "durable", "second"],
                ["/b", "4", "4", "1", "volatile", "x"],
            ])
        let history = try journal("history", "/a")
        #expect(
            history.lines.map { $0.split(separator: " ").prefix(3).joined(separator: " ") } == [
                "REVISION TYPE VERSION", "2 PUT 1", "3 PUT 2",
            ])
        expectEnd(try journal("history", "/none"), 3, "")
        expectEnd(try journal("del", "/a"), 0, "1\n")
        expectEnd(try journal("del", "/a"), 0, "0\n")
        expectEnd(try journal("del", "--prefix", "/", "--prev-kv"), 0, "1\n/b\nx\n")
        expectEnd(try journal("gett"), 2, "", says: "unknown verb 'gett'; did you mean 'get'?\nhint: see 'hull journal --help'")
        expectEnd(try journal("stats", "--limit", "1"), 2, "", says: "hint: see 'hull journal stats --help'")
        #expect(
            try journal("stats", "-o", "json").output.hasPrefix("{\"header\":{\"revision\":6},\"compact_revision\":0,\"keys\":0,")
        )
    }

    @Test("keys and values are bytes: put, get, dump and load give every one of them again")
    func bytes() throws {
        let journal = try JournalStore("bytes")
        let file = journal.root + ".value"
        try Data((0..<100_000).map { UInt8(truncatingIfNeeded: $0 * $0 >> 3) }).write(to: URL(fileURLWithPath: file))
        expectEnd(try journal("put", "-e", "/bin\\x00\\xff\\n", "-", input: file), 0, "OK\n")
        expectEnd(try journal("put", "/text", "ü"), 0, "OK\n")
        expectEnd(try journal("put", "/text", "ß", "--volatile"), 0, "OK\n")
        expectEnd(try journal("ls", "--keys-only"), 0, "/bin\\x00\\xff\\n\n/text\n")
        expectEnd(try journal.script("$J get -e '/bin\\x00\\xff\\n' -o raw | cmp - \(file)"), 0, "")
        let copy = try JournalStore("bytes-copy")
        let dump = journal.root + ".dump"
        expectEnd(try journal.script("$J dump > \(dump)"), 0, "")
        expectEnd(try copy("load", dump), 0, "loaded 2 keys\n")
        expectEnd(try copy.script("$J get -e '/bin\\x00\\xff\\n' -o raw | cmp - \(file)"), 0, "")
        // All but revisions and versions, which begin anew.
        let same = "sed -E 's/\"(create_revision|mod_revision|revision|version)\":[0-9]+//g'"
        expectEnd(try copy.script("$J dump | \(same) > \(dump).2; \(same) \(dump) | cmp - \(dump).2"), 0, "")
        expectEnd(try copy("load", dump), 1, "", says: "has keys already\nhint: --merge")
        expectEnd(try copy("load", "--merge", dump), 0, "loaded 2 keys\n")
        expectEnd(try copy.script("head -n 2 \(dump) | $J load --merge -"), 2, "", says: "the dump has 1 keys of 2")
    }

    @Test("a transaction is read as text and as JSON, and tells its branch")
    func transactions() throws {
        let journal = try JournalStore("transactions")
        let claim = "printf 'create(\"/n\") = \"0\"\\n\\nput /n me\\n\\nget /n\\n' | $J txn"
        expectEnd(try journal.script("\(claim) -"), 0, "SUCCESS\n\nOK\n")
        expectEnd(try journal.script("\(claim) -"), 0, "FAILURE\n\n/n\nme\n")
        expectEnd(try journal.script("\(claim) --exit-code -"), 6, "FAILURE\n\n/n\nme\n")
        let json = "{\"compare\":[{\"key\":\"/n\",\"value\":\"me\"}],\"success\":[{\"request_delete_range\":{\"key\":\"/n\"}}]}"
        expectEnd(
            try journal.script("echo '\(json)' | $J txn -o json -"), 0,
            "{\"header\":{\"revision\":3},\"succeeded\":true,\"responses\":[{\"response_delete_range\":{\"deleted\":1}}]}\n")
        expectEnd(try journal.script("echo 'mod(a) = 1' | $J txn -"), 2, "", says: "line 1: malformed comparison")
        expectEnd(try journal.script("printf '\\nput a 1\\nput a 2\\n' | $J txn -"), 2, "", says: "duplicate key 'a'")
    }

    @Test("compaction by revision, number, age and size; what is gone is answered with the compacted revision", Requirement.disk)
    func compaction() throws {
        let journal = try JournalStore("compaction")
        for number in 1...5 { try journal("put", "/a", "\(number)") }
        expectEnd(try journal("compact", "3"), 0, "compacted revision 3\n")
        expectEnd(try journal("compact", "3"), 5, "", says: "required revision has been compacted (up to 3)")
        expectEnd(try journal("get", "/a", "--at", "2"), 5, "", says: "(up to 3)\nhint: ")
        expectEnd(
            try journal("watch", "--from", "2", "/"), 5, "",
            says: "watch was canceled: required revision has been compacted (up to 3)")
        expectEnd(
            try journal("watch", "--from", "2", "/", "-o", "json"), 5, "{\"canceled\":true,\"compact_revision\":3}\n",
            says: "watch")
        expectEnd(try journal("compact", "--keep", "1"), 0, "compacted revision 5\n")
        expectEnd(try journal("compact", "--older-than", "1h"), 0, "nothing to compact\n")
        expectEnd(try journal("compact", "--older-than", "0s"), 0, "compacted revision 6\n")
        expectEnd(try journal("compact", "--to-size", "1G"), 0, "nothing to compact\n")
        expectEnd(try journal("get", "/a"), 0, "/a\n5\n")
    }

    @Test("help goes to stdout with 0, for every verb")
    func help() throws {
        for words in [
            ["--help"], ["help"], ["journal", "--help"], ["help", "journal"], ["journal", "put", "--help"],
            ["journal", "help", "put"],
        ] {
            let outcome = try run([JournalStore.program] + words)
            #expect(outcome.code == 0 && outcome.output.hasPrefix("Usage: hull ") && outcome.output.contains("Examples:"))
        }
        expectEnd(try run([JournalStore.program]), 2, "", says: "there is no command\nhint: see 'hull --help'")
        expectEnd(try run([JournalStore.program, "jornal"]), 2, "", says: "did you mean 'journal'?")
        #expect(try run([JournalStore.program, "--version"]).output.hasPrefix("hull version "))
    }
}
