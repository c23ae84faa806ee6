import Foundation
import Glibc
import Testing

/// `hull journal lease`, and what the other verbs make of leases.
@Suite("journal leases", .serialized, Requirement.root, Requirement.shell)
struct JournalLeaseTests {
    @Test("grant, list, timetolive, keep-alive and revoke print what etcdctl's user expects")
    func verbs() throws {
        let journal = try JournalStore("lease-verbs")
        expectEnd(try journal("lease", "list"), 1, "", says: "there is no journal")
        expectEnd(try journal("lease", "grant", "--ttl", "600"), 0, "lease 2 granted with TTL(600s)\n")
        expectEnd(try journal("put", "--lease", "2", "/a", "x"), 0, "OK\n")
        expectEnd(try journal("put", "--ignore-lease", "/a", "y"), 0, "OK\n")
        expectEnd(try journal("put", "--ignore-value", "--ignore-lease", "/a"), 0, "OK\n")
        #expect(try journal("get", "/a", "-o", "json").output.contains("\"version\":3,\"value\":\"y\",\"lease\":2"))
        expectEnd(try journal("put", "--ignore-lease", "/b", "x"), 3, "", says: "cannot put '/b': key '/b' not found")
        expectEnd(try journal("put", "--lease", "99", "/b", "x"), 3, "", says: "requested lease not found")
        expectEnd(try journal.script("printf '\\nput --lease 2 /b y\\n' | $J txn -"), 0, "SUCCESS\n\nOK\n")
        expectEnd(try journal("lease", "list"), 0, "found 1 leases\n2\n")
        let left = try journal("lease", "timetolive", "2", "--keys")
        #expect(
            left.output.hasPrefix("lease 2 granted with TTL(600s), remaining(")
                && left.output.hasSuffix("attached keys([/a /b])\n"))
        expectEnd(try journal("lease", "keep-alive", "--once", "2"), 0, "lease 2 keepalived with TTL(600)\n")
        let table = try journal("range", "/", "-o", "table")
        #expect(table.lines.first?.contains("LEASE") == true && table.lines.count == 3)
        #expect(try journal("get", "/a", "-o", "json").output.contains("\"lease\":2}"))
        expectEnd(try journal("lease", "revoke", "2"), 0, "lease 2 revoked\n")
        expectEnd(try journal("range", "/"), 0, "")
        expectEnd(try journal("lease", "revoke", "2"), 3, "", says: "cannot revoke lease 2: requested lease not found")
        expectEnd(try journal("lease", "keep-alive", "2"), 3, "", says: "cannot keep lease 2 alive: requested lease not found")
        expectEnd(try journal("lease", "timetolive", "2"), 3, "lease 2 already expired\n")
        expectEnd(try journal("lease", "grant", "--ttl", "0"), 2, "", says: "a lease TTL is more than 0")
        expectEnd(try journal("lease", "grant", "--ttl", "9000000001"), 2, "", says: "too large lease TTL")
        expectEnd(try journal("lease", "grant", "--process", "999999999"), 3, "", says: "pid 999999999 is no process that runs")
        expectEnd(try journal("put", "-e", "\\x00lease", "x"), 2, "", says: "is one of the store's own")
        expectEnd(try journal("check"), 0, "nothing is wrong\n")
    }

    @Test("a lease ends with its process: reads mark its keys, a watch deletes them without anybody writing")
    func process() throws {
        let journal = try JournalStore("lease-process")
        try journal("put", "/first", "0")
        let holder = try start(["sleep", "1000"])
        expectEnd(
            try journal("lease", "grant", "--process", "\(holder.pid)"), 0,
            "lease 3 granted with the life of process \(holder.pid)\n")
        expectEnd(try journal("put", "--lease", "3", "/job", "x"), 0, "OK\n")
        let watch = try journal.starting("watch", "-o", "json", "/job")
        usleep(500_000)
        #expect(fileText(watch.outputPath) ?? "" == "", "a living process keeps its lease")
        Glibc.kill(holder.pid, SIGKILL)
        #expect(eventually { (fileText(watch.outputPath) ?? "").contains("\"type\":\"DELETE\"") })
        watch.kill(SIGINT)
        expectEnd(watch.wait(), 0)
        _ = holder.wait()
        expectEnd(try journal("get", "/job"), 3, "")
        expectEnd(try journal("lease", "list"), 0, "found 0 leases\n")
    }

    @Test("an expired lease is marked until somebody writes, and a dump and a load say what becomes of it")
    func expired() throws {
        let journal = try JournalStore("lease-expired")
        expectEnd(try journal("lease", "grant", "--ttl", "1ms"), 0, "lease 2 granted with TTL(1s)\n")
        usleep(5000)
        expectEnd(try journal("put", "--lease", "2", "/late", "x"), 3, "", says: "requested lease not found")
        expectEnd(try journal("put", "/stays", "x"), 0, "OK\n")
        // Long enough for the put that hangs a key on it: whoever writes after its end takes that away.
        let id = try journal("lease", "grant", "--ttl", Machine.isSlow ? "30s" : "2s", "-o", "json")
        let number = try JSONValue(parsing: id.lines[0]).object["ID"]?.integer ?? 0
        expectEnd(try journal("put", "--lease", "\(number)", "/soon", "x"), 0, "OK\n")
        #expect(eventually { (try? journal("get", "/soon", "-o", "json").output.contains("\"lease_expired\":true")) == true })
        #expect(try journal("range", "/", "-o", "table").output.contains("\(number) (expired)"))
        expectEnd(try journal("lease", "timetolive", "\(number)"), 3, "lease \(number) already expired\n")
        let dump = journal.root + ".dump"
        expectEnd(try journal.script("$J dump > \(dump)"), 0, "")
        let copy = try JournalStore("lease-copy")
        expectEnd(
            try copy("load", dump), 0, "loaded 1 keys\n", says: "left out: 1 keys that hung on a lease; --detach loads them")
        expectEnd(try copy("load", "--merge", "--detach", dump), 0, "loaded 2 keys\n")
        expectEnd(try copy("check"), 0, "nothing is wrong\n")
        expectEnd(try journal("put", "/next", "x"), 0, "OK\n")
        expectEnd(try journal("ls", "--keys-only"), 0, "/next\n/stays\n")
    }

    @Test("keep-alive goes on until an interrupt, and the lease lives as long")
    func keepAlive() throws {
        let journal = try JournalStore("lease-alive")
        expectEnd(try journal("lease", "grant", "--ttl", Machine.isSlow ? "30s" : "2s"), 0)
        expectEnd(try journal("put", "--lease", "2", "/a", "x"), 0, "OK\n")
        let alive = try journal.starting("lease", "keep-alive", "2")
        usleep(Machine.isSlow ? 40_000_000 : 3_000_000)
        expectEnd(try journal("get", "/a"), 0, "/a\nx\n")
        alive.kill(SIGINT)
        let outcome = alive.wait()
        expectEnd(outcome, 0)
        #expect(outcome.lines.count >= 3)
    }
}
