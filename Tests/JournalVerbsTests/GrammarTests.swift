import CommandSupport
import Journal
import JournalVerbs
import LinuxTypes
import Testing

@Suite struct GrammarTests {
    static let verbs = [
        "get", "range", "ls", "put", "del", "txn", "watch", "history", "compact", "check", "repair", "stats", "dump", "load",
        "lease",
    ]

    @Test(arguments: [
        ("", "there is no verb"), ("gte /a", "unknown verb 'gte'; did you mean 'get'?"), ("get", "there is no key"),
        ("get a b c", "'c' is one argument too many"), ("put a", "there is no value; '-' reads it from stdin"),
        ("put", "there is no key"), ("del", "there is no key"),
        ("get --at x /a", "--at is a number from 0 to 9223372036854775807, not 'x'"),
        ("get -o yaml /a", "--output is one of simple, json, table, raw, not 'yaml'"),
        ("watch -o table /", "--output is one of simple, json, raw, not 'table'"),
        ("get --order up /a", "--order is one of ascend, descend, not 'up'"),
        ("ls --sort-by size /", "--sort-by is one of key, version, create, modify, value, not 'size'"),
        ("ls --keys-only --print-value-only /", "--keys-only and --print-value-only exclude each other"),
        ("get -e /\\q", "'/\\q' has an escape that there is not: there are \\xNN, \\n, \\t, \\r and \\\\"),
        ("compact", "there is no revision, nor --keep, --older-than or --to-size"),
        ("compact 5 --keep 3", "REV, --keep, --older-than and --to-size exclude each other"),
        ("compact --older-than 5", "--older-than is a number with s, m, h or d, not '5'"),
        ("compact --older-than d", "--older-than is a number from 0 to 4294967295, not ''"),
        ("compact --to-size 4294967295T", "--to-size '4294967295T' is too large"),
        ("txn", "there is no file; '-' reads stdin"), ("load", "there is no file; '-' reads stdin"),
        ("check x", "'x' is one argument too many"), ("stats --limit 3", "unknown option '--limit' of 'stats'"),
        ("get --perfix /a", "unknown option '--perfix' of 'get'; did you mean '--prefix'?"),
        ("get --root= /a", "--root is empty"), ("help gte", "unknown verb 'gte'; did you mean 'get'?"),
        ("lease", "there is no action: grant, revoke, keep-alive, list, timetolive"),
        ("lease gant", "unknown action 'gant': there are grant, revoke, keep-alive, list, timetolive"),
        ("lease grant", "'lease grant' takes --ttl or --process"),
        ("lease grant 5 --ttl 5", "'lease grant' takes --ttl or --process"),
        ("lease grant --ttl 5 --process 1", "'lease grant' takes --ttl or --process"),
        ("lease grant --ttl 5 --start-time 1", "--start-time goes with --process"),
        ("lease grant --ttl x", "--ttl is a number from 0 to 9223372036854775807, not 'x'"),
        ("lease revoke", "there is no lease ID"), ("lease list 5", "'5' is one argument too many"),
        ("lease revoke --keys 5", "--keys means nothing to 'lease revoke'"),
        ("lease list --durable", "--durable means nothing to 'lease list'"),
        ("lease timetolive x", "the lease ID is a number from 0 to 9223372036854775807, not 'x'"),
        ("put --lease x /a b", "--lease is a number from 0 to 9223372036854775807, not 'x'"),
        ("put --lease 5 --ignore-lease /a b", "--lease and --ignore-lease exclude each other"),
        ("put --ignore-value /a b", "--ignore-value and a value exclude each other"), ("put --ignore-value", "there is no key"),
        ("put --ignore-lease /a", "there is no value; '-' reads it from stdin"),
        ("help put", "help for put"), ("--help", "help for hull journal"), ("put -h", "help for put"),
    ])
    func mistakesAreNamed(_ line: String, _ message: String) { #expect(complaint(line) == message) }

    @Test func anEmptyPrefixDeletesNothing() {
        var store = StoreOptions()
        #expect(throws: UsageError.self) { try command(["del", "--prefix", ""], &store) }
        #expect(throws: Never.self) { try command(["del", "--from-key", ""], &store) }
    }

    @Test(arguments: [
        "--root /r --run-root /t get /a", "get --root /r --run-root=/t /a", "get /a --root /r --run-root /t",
        "--root /r get /a --run-root /t",
    ])
    func whereTheStoreIsStandsAnywhere(_ line: String) throws {
        var store = StoreOptions()
        _ = try command(line.split(separator: " ").map(String.init), &store)
        #expect(store.root == HostPath("/r") && store.runRoot == HostPath("/t"))
        #expect(try StorePlace(store).directory == HostPath("/r/journal"))
        #expect(try StorePlace(store).runDirectory() == HostPath("/t/journal"))
    }

    @Test func aStoreInMemoryIsItsOwnRunDirectory() throws {
        var store = StoreOptions()
        store.root = HostPath("/dev/shm")
        #expect(try StorePlace(store).runDirectory() == nil)
        store.root = HostPath("/")
        // Where /run lies on a disk, the second.
        let places = [HostPath("/run/hull/journal"), HostPath("/dev/shm/hull-journal")]
        #expect(try places.contains(StorePlace(store).runDirectory()))
    }

    @Test func keysAreChosenAsEtcdctlDoes() throws {
        let cases: [(String, KeyRange, Bool)] = [
            ("get /a", .key("/a"), true), ("get /a /b", .interval("/a", "/b"), false), ("get --prefix /a", .prefix("/a"), false),
            ("get --from-key /a", .from("/a"), false), ("range /a", .prefix("/a"), false), ("ls", .all, false),
            ("ls /a /b", .interval("/a", "/b"), false), ("get -e /a\\x00", .key(Key([0x2f, 0x61, 0])), true),
        ]
        for (line, keys, isSingle) in cases {
            guard case .read(let arguments) = try command(line) else { throw Unexpected() }
            #expect(arguments.request.keys == keys && arguments.isSingle == isSingle, "\(line)")
        }
        guard case .delete(let deletion) = try command("del --prefix /a --volatile") else { throw Unexpected() }
        #expect(deletion.keys == .prefix("/a") && deletion.durability == .volatile)
        guard case .watch(let watch) = try command("watch --from 7 --exact /a --prev-kv") else { throw Unexpected() }
        #expect(watch.keys == .key("/a") && watch.from == 7 && watch.wantsPrevious)
    }

    @Test func aRequestHasItsOptions() throws {
        let line = "ls --at 9 --limit 3 --order DESCEND --sort-by modify --count-only -w json /"
        guard case .read(let arguments) = try command(line) else { throw Unexpected() }
        let request = arguments.request
        #expect(request.revision == 9 && request.limit == 3 && request.order == .descending && request.target == .modRevision)
        #expect(request.countOnly && arguments.format == .json)
        guard case .read(let current) = try command("get --rev 0 /") else { throw Unexpected() }
        #expect(current.request.revision == nil, "etcd's 0 is now")
    }

    @Test func whatIsCompactedIsSaidInFourWays() throws {
        let cases: [(String, CompactArguments.Extent)] = [
            ("compact 12", .to(12)), ("compact --keep 3", .keeping(3)), ("compact --older-than 2h", .olderThan(7200)),
            ("compact --to-size 64M", .toSize(64 << 20)), ("compact --to-size 5", .toSize(5)),
        ]
        for (line, extent) in cases {
            guard case .compact(let arguments) = try command(line) else { throw Unexpected() }
            #expect(arguments.extent == extent, "\(line)")
        }
    }

    @Test func aValueIsAWordOrStdin() throws {
        guard case .put(let word) = try command("put --volatile /a x") else { throw Unexpected() }
        #expect(word.value == [120] && word.durability == .volatile)
        guard case .put(let piped) = try command("put /a -") else { throw Unexpected() }
        #expect(piped.value == nil && piped.durability == .durable)
        guard case .put(let dashed) = try command("put /a -- -5") else { throw Unexpected() }
        #expect(dashed.value == [0x2d, 0x35])
    }

    @Test func leasesHaveTheWordsOfEtcdctl() throws {
        let cases: [(String, LeaseArguments.Action)] = [
            ("lease grant 60", .grant(milliseconds: 60_000)), ("lease grant --ttl 60", .grant(milliseconds: 60_000)),
            ("lease grant --ttl 60s", .grant(milliseconds: 60_000)), ("lease grant --ttl 250ms", .grant(milliseconds: 250)),
            ("lease grant --ttl 2h", .grant(milliseconds: 7_200_000)),
            ("lease grant --ttl 9223372036854775807d", .grant(milliseconds: .max)),
            ("lease grant --process 7", .grantForProcess(pid: 7, startTime: nil)),
            ("lease grant --process 7 --start-time 99", .grantForProcess(pid: 7, startTime: 99)),
            ("lease revoke 5", .revoke(5)), ("lease keep-alive 5", .keepAlive(5, isOnce: false)),
            ("lease keep-alive --once 5", .keepAlive(5, isOnce: true)), ("lease list", .list),
            ("lease timetolive 5 --keys", .timeToLive(5, wantsKeys: true)),
        ]
        for (line, action) in cases {
            guard case .lease(let arguments) = try command(line) else { throw Unexpected() }
            #expect(arguments.action == action && arguments.durability == .volatile, "\(line)")
        }
        guard case .lease(let durable) = try command("lease grant 5 --durable -o json") else { throw Unexpected() }
        #expect(durable.durability == .durable && durable.format == .json)
        guard case .put(let put) = try command("put --lease 42 /a x") else { throw Unexpected() }
        #expect(put.lease == 42)
    }

    @Test func aPutKeepsWhatItIsTold() throws {
        let cases: [(String, [UInt8], LeaseID, Operation.Kept)] = [
            ("put --ignore-lease /a x", [120], 0, .lease), ("put --ignore-value --lease 42 /a", [], 42, .value),
            ("put --ignore-value --ignore-lease /a", [], 0, [.value, .lease]), ("put --ignore-lease=false /a x", [120], 0, []),
        ]
        for (line, value, lease, kept) in cases {
            guard case .put(let put) = try command(line) else { throw Unexpected() }
            #expect(put.value == value && put.lease == lease && put.kept == kept, "\(line)")
        }
    }

    @Test(arguments: verbs) func everyVerbHasHelpWithExamples(_ name: String) {
        let help = JournalHelp.text(for: name)
        let spelled = name == "ls" ? "range" : name
        #expect(help.hasPrefix("Usage: hull journal \(spelled)"))
        #expect(help.contains("\nExamples:\n  # ") && help.contains("--root DIR"))
        #expect(JournalHelp.text(for: nil).contains("\n  \(spelled) "))
    }
}
