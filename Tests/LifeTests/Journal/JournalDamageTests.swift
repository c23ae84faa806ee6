import Foundation
import Testing

/// `hull journal` on stores that are damaged, foreign, or not to be written.
@Suite("journal damage", Requirement.root, Requirement.shell)
struct JournalDamageTests {
    @Test("lost history marks what it may have changed, with an exit code, until a repair is told", Requirement.disk)
    func gap() throws {
        let journal = try JournalStore("gap")
        try journal("put", "/lost", "1")
        try journal("put", "/kept", "2")
        // In the head of the first record.
        try journal.flipByte(at: 4096 + 90)
        expectEnd(try journal("get", "/kept"), 0, "/kept\n2\n")
        expectEnd(try journal("get", "/lost"), 4, "", says: "warning: gap at revision 2")
        expectEnd(try journal("range", "/"), 4, "/kept\n2\n", says: "warning: gap at revision 2")
        let json = try journal("range", "/", "-o", "json")
        #expect(json.code == 4 && json.output.contains("\"gaps\":[{\"first\":2,\"last\":2,"))
        let watch = try journal.script("timeout --preserve-status -s INT \(JournalStore.moment) $J watch --from 1 /; echo $?")
        #expect(watch.output == "PUT\n/kept\n2\n4\n" && watch.errors.contains("gap at revision 2"))
        #expect(try journal("check").output.hasPrefix("lost: gap at revision 2"))
        #expect(try journal("check").code == 4)
        #expect(try journal("dump").code == 4)
        #expect(try journal("repair", "--dry-run").output.hasPrefix("would accept: gap at revision 2"))
        #expect(try journal("get", "/lost").code == 4, "a dry run changes nothing")
        #expect(try journal("repair").output.hasPrefix("accepted: gap at revision 2"))
        expectEnd(try journal("get", "/lost"), 3, "")
        expectEnd(try journal("range", "/"), 0, "/kept\n2\n")
        expectEnd(try journal("repair"), 0, "nothing to repair\n")
    }

    @Test("a damaged value is named, costs one key, and does not come into a load", Requirement.disk)
    func value() throws {
        let journal = try JournalStore("value")
        try journal("put", "/a", "precious-bytes")
        try journal("put", "/b", "2")
        try journal.flipByte(at: try journal.offset(of: "precious-bytes"))
        expectEnd(try journal("get", "/a"), 4, "/a\n\n", says: "warning: the value of '/a' at revision 2 is damaged")
        expectEnd(try journal("get", "/b"), 0, "/b\n2\n")
        expectEnd(try journal("check"), 4, "lost: value of '/a' at revision 2 damaged\n")
        let copy = try JournalStore("value-copy")
        let dump = journal.root + ".dump"
        #expect(try journal.script("$J dump > \(dump)").code == 4)
        expectEnd(try copy("load", dump), 2, "", says: "the value of '/a' was damaged")
        #expect(!Machine.exists(copy.root))
        expectEnd(try copy("load", "--skip-damaged", dump), 0, "loaded 1 keys\n", says: "warning: left out: 1 keys")
        expectEnd(try journal("put", "/a", "again"), 0, "OK\n")
        expectEnd(try journal("get", "/a"), 0, "/a\nagain\n")
    }

    @Test("verbs that only read work on a root that nobody may write to")
    func readOnly() throws {
        let journal = try JournalStore("read-only")
        for number in 1...3 { try journal("put", "/a", "\(number)") }
        let outcome = try journal.script(
            """
            mount --bind $ROOT $ROOT && mount -o remount,ro,bind $ROOT || exit 90
            $J get /a && $J ls && $J history /a -o simple && $J check && $J stats >/dev/null && $J dump | tail -n 1
            timeout --preserve-status -s INT \(JournalStore.moment) $J watch --from 4 /
            $J put /a 4
            """, in: ["unshare", "-m", "--propagation", "private"])
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("read-only file system"), "\(outcome.errors)")
        #expect(
            outcome.output == """
                /a
                3
                /a
                3
                PUT
                /a
                1
                PUT
                /a
                2
                PUT
                /a
                3
                nothing is wrong
                {"key":"/a","create_revision":2,"mod_revision":4,"version":3,"value":"3"}
                PUT
                /a
                3

                """)
    }

    @Test("another user is refused, and so is a store that others could change")
    func owners() throws {
        let journal = try JournalStore("owners")
        try journal("put", "/a", "1")
        let outcome = try journal.script("$J get /a", in: ["setpriv", "--reuid", "65534", "--clear-groups"])
        #expect(outcome.code == 1 && outcome.output == "" && outcome.errors.contains("permission denied"), "\(outcome.errors)")
        _ = try run(["chmod", "0777", journal.root + "/journal"])
        expectEnd(try journal("get", "/a"), 1, "", says: "is open to others")
    }

    @Test("where stdout is closed nothing is printed into the store")
    func closedStreams() throws {
        let journal = try JournalStore("closed")
        try journal("put", "/a", "1")
        for verb in ["put /a 2", "get /a", "range / -o json", "check"] {
            #expect(try journal.script("$J \(verb) >&- 2>&- <&-").code == 0, "\(verb)")
        }
        expectEnd(try journal("check"), 0, "nothing is wrong\n")
        expectEnd(try journal("get", "/a"), 0, "/a\n2\n")
    }
}
