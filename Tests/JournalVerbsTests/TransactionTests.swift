import Journal
import JournalVerbs
import Testing

@Suite struct TransactionTests {
    private func read(_ text: String) throws(Failure) -> Transaction { try TransactionText.transaction(Array(text.utf8)) }

    @Test func theTextIsThatOfEtcdctl() throws {
        let transaction = try read(
            """
            value("key1") = "value1"
            ver("key2") > "3"
            create( "k" ) != "0"
            mod("a \\"b\\"") < "17"

            put key1 "overwrote key1"
            get --prefix --limit 5 /a
            del /b /c

            put key1 'literal "x" \\n'
            del --prefix "/z"

            """.replacing("( \"k\" )", with: "(\"k\")"))
        #expect(
            transaction
                == Transaction(
                    if: [
                        Comparison(.key("key1"), .value(Array("value1".utf8))),
                        Comparison(.key("key2"), .version(3), is: .greater),
                        Comparison(.key("k"), .createRevision(0), is: .notEqual),
                        Comparison(.key("a \"b\""), .modRevision(17), is: .less),
                    ],
                    then: [
                        .put("key1", value: Array("overwrote key1".utf8)), .range(RangeRequest(.prefix("/a"), limit: 5)),
                        .delete(.interval("/b", "/c")),
                    ],
                    else: [.put("key1", value: Array("literal \"x\" \\n".utf8)), .delete(.prefix("/z"))]))
    }

    @Test func partsMayBeEmptyAndQuotesGoOnOverLines() throws {
        #expect(try read("\nput a b") == Transaction(then: [.put("a", value: [98])]))
        #expect(try read("\n\nput a b\n\n\n") == Transaction(then: [], else: [.put("a", value: [98])]))
        #expect(try read("") == Transaction(then: []))
        #expect(try read("\nput a \"x\n\ny\\tz\"\n") == Transaction(then: [.put("a", value: Array("x\n\ny\tz".utf8))]))
        #expect(try read("\nput a -\n") == Transaction(then: [.put("a", value: [45])]), "there is no stdin in a transaction")
    }

    @Test(arguments: [
        ("value(\"a\") ~ \"b\"", "line 1: malformed comparison: value(\"a\") ~ \"b\""),
        ("value(a) = b", "line 1: malformed comparison: value(a) = b"),
        ("lease(\"a\") = \"1\"", "line 1: malformed comparison: lease(\"a\") = \"1\""),
        ("mod(\"a\") = \"x\"", "line 1: 'x' is no revision"), ("mod(\"\") = \"0\"", "line 1: key is not provided"),
        ("\nput a", "line 2: there is no value; '-' reads it from stdin"),
        ("\npush a b", "line 2: invalid transaction request 'push': there are put, get and del"),
        ("\nput --ignore-value a b", "line 2: --ignore-value and a value exclude each other"),
        ("\nput a \"b", "line 2: a \" is not closed"), ("\nget --root /x a", "line 2: unknown option '--root' of 'get'"),
        ("\nput a \"\\q\"", "line 2: an escape that there is not: there are \\\\, \\\", \\', \\n, \\t and \\r"),
        ("\n\n\nput a b", "line 4: there is more behind the third part"),
        ("\nget --help", "line 2: no help stands in a transaction"),
        (
            "{\"compare\":[],\"sucess\":[]}",
            "the transaction: /sucess: unknown member 'sucess'; did you mean 'success'? (line 1, column 24)"
        ),
    ])
    func mistakesAreNamed(_ text: String, _ message: String) {
        #expect(complaint { () throws(Failure) in _ = try read(text) } == message)
    }

    @Test func theJSONHasTheNamesOfEtcd() throws {
        let transaction = try read(
            """
            {"compare": [{"key": "a", "target": "MOD", "result": "EQUAL", "mod_revision": "5"}, {"key_base64": "/w==", "version": 0}],
             "success": [{"request_put": {"key": "a", "value_base64": "AP8="}},
                         {"request_range": {"key": "b", "prefix": true, "limit": 2, "sort_order": "DESCEND", "sort_target": "MOD"}}],
             "failure": [{"request_delete_range": {"key": "c", "range_end": "\\u0000"}},
                         {"request_range": {"key": "d", "range_end": "e", "keys_only": true}}]}
            """)
        var sorted = RangeRequest(.prefix("b"), limit: 2)
        (sorted.order, sorted.target) = (.descending, .modRevision)
        #expect(
            transaction
                == Transaction(
                    if: [.isUnchanged("a", since: 5), Comparison(.key(Key([0xff])), .version(0))],
                    then: [.put("a", value: [0, 0xff]), .range(sorted)],
                    else: [.delete(.from("c")), .range(RangeRequest(.interval("d", "e"), keysOnly: true))]))
    }

    @Test func aPutHasALease() throws {
        let text = try read("\n\nput --lease 42 a x\n".replacing("\n\n", with: "\n"))
        #expect(text == Transaction(then: [.put("a", value: [120], lease: 42)]))
        let json = try read("{\"success\": [{\"request_put\": {\"key\": \"a\", \"value\": \"x\", \"lease\": \"42\"}}]}")
        #expect(json == text)
    }

    @Test func aPutKeepsALeaseOrAValue() throws {
        let text = try read("\nput --ignore-lease a x\nput --ignore-value --lease 42 b\n")
        #expect(
            text
                == Transaction(then: [
                    .put("a", value: [120], keeping: .lease), .put("b", value: [], lease: 42, keeping: .value),
                ]))
        let json = try read(
            """
            {"success": [{"request_put": {"key": "a", "value": "x", "ignore_lease": true}},
                         {"request_put": {"key": "b", "lease": 42, "ignore_value": true, "ignore_lease": false}}]}
            """)
        #expect(json == text)
    }

    @Test(arguments: [
        "{\"compare\":[{\"key\":\"a\"}]}", "{\"compare\":[{\"key\":\"a\",\"target\":\"MOD\",\"version\":1}]}",
        "{\"compare\":[{\"version\":1}]}", "{\"success\":[{}]}", "{\"success\":[{\"request_put\":{\"value\":\"x\"}}]}",
        "{\"success\":[{\"request_put\":{\"key\":\"a\",\"key_base64\":\"YQ==\"}}]}",
        "{\"success\":[{\"request_put\":{\"key_base64\":\"YQ\"}}]}",
        "{\"success\":[{\"request_put\":{\"key\":\"a\",\"lease\":-1}}]}",
        "{\"success\":{}}", "{",
    ])
    func otherJSONIsRefused(_ text: String) {
        #expect(complaint { () throws(Failure) in _ = try read(text) }.hasPrefix("the transaction: "))
    }
}
