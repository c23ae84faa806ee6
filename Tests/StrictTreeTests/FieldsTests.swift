import StrictTree
import Testing

@Suite struct FieldsTests {
    @Test func `members nobody asked for are known afterwards`() throws {
        var fields = try Fields(tree(#"{"b": 1, "rlimit": [{}], "a": "x", "zz": null}"#))
        #expect(try fields.string("a") == "x")
        #expect(try fields.int64("b") == 1)
        #expect(fields.optional("rlimits") == nil)
        #expect(fields.unknown.map(\.anyKey) == ["rlimit", "zz"])
        #expect(fields.unknown.first?.value.pointer == "/rlimit")
        #expect(fields.unknown.first?.keyPosition == Position(line: 1, column: 10))
        #expect(Suggestion.nearest(to: "rlimit", in: fields.known) == "rlimits")
    }

    @Test func `asking twice does not hide an unknown member`() throws {
        var fields = try Fields(tree(#"{"a": 1, "b": 2}"#))
        _ = fields.optional("a")
        _ = fields.optional("a")
        #expect(fields.unknown.map(\.anyKey) == ["b"])
    }

    /// Each is looked for behind the one before, and then from the start.
    @Test func `members are found in whatever order they are asked for`() throws {
        let value = try tree(#"{"a": {"b": 0, "c": [9]}, "b": 1, "c": 2, "d": 3}"#)
        for names in [["a", "b", "c", "d"], ["d", "c", "b"], ["c", "b", "d", "b"], ["d", "x", "b"]] as [[StaticString]] {
            var fields = try Fields(value)
            for name in names {
                let found = try fields.optional(name).map { value throws(TreeError) in
                    value.kind == .number ? try value.integer : 0
                }
                #expect(found == ["a": 0, "b": 1, "c": 2, "d": 3]["\(name)"], "\(name) of \(names)")
            }
        }
    }

    @Test func `null counts as absent`() throws {
        var fields = try Fields(tree(#"{"list": null, "text": null}"#))
        #expect(try fields.strings("list") == [])
        #expect(try fields.string("text") == nil)
        #expect(fields.unknown.isEmpty)
        #expect(try fields.object.member("list")?.isNull == true)
    }

    @Test func `a required member that is absent or null is missing`() throws {
        let value = try tree(#"{"mounts": [{"type": null}]}"#).member("mounts")?.array.first { _ in true }
        let mount = try #require(value)
        for name in ["destination", "type"] as [StaticString] {
            #expect(
                failure { () throws(TreeError) in
                    var fields = try Fields(mount)
                    return try fields.required(name)
                } == "/mounts/0: '\(name)' is missing (line 1, column 13)")
        }
    }

    @Test func `what is no object has no fields`() throws {
        let value = try tree("[1]")
        #expect(failure { () throws(TreeError) in try Fields(value) } == "expected an object, found an array (line 1, column 1)")
    }
}

@Suite struct SuggestionTests {
    @Test(arguments: [
        ("rlimit", "rlimits"), ("oomScoreadj", "oomScoreAdj"), ("OOMSCOREADJ", "oomScoreAdj"), ("evn", "env"),
        ("enviroment", nil), ("x", nil),
        ("", nil), ("noNewPrivilege", "noNewPrivileges"),
    ])
    func `a slip finds its name, nonsense none`(typed: String, expected: String?) {
        #expect(Suggestion.nearest(to: typed, in: ["rlimits", "oomScoreAdj", "env", "noNewPrivileges", "cwd"]) == expected)
    }

    @Test func `a name of any length is no burden`() {
        #expect(Suggestion.nearest(to: String(repeating: "x", count: 1 << 20), in: ["env"]) == nil)
    }
}
