import StrictTree
import Testing

@Suite struct DuplicateKeyTests {
    @Test func `the error names the key and both places`() {
        #expect(
            refusal(of: "{\"a\": {\n  \"b\": 1,\n  \"c\": 2,\n  \"b\": 3}}")
                == "/a: duplicate key 'b', first at line 2, column 3 (line 4, column 3)")
    }

    @Test func `keys are compared as text, not as written`() {
        #expect(refusal(of: #"{"ab": 1, "\u0061b": 2}"#)?.contains("duplicate key 'ab'") == true)
        #expect(refusal(of: #"{"a": 1, "A": 2, "a ": 3, "": 4}"#) == nil)
    }

    @Test func `equal keys of different objects are no duplicates`() {
        #expect(refusal(of: #"{"a": {"a": {"a": 1}}, "b": [{"a": 1}, {"a": 2}]}"#) == nil)
    }

    @Test(arguments: [2, 15, 16, 17, 18, 100, 1000])
    func `one duplicate is found in an object of any size`(count: Int) {
        let unique = (0..<count).map { "\"key\($0)\": [{\"x\": \($0)}]" }
        #expect(refusal(of: "{" + unique.joined(separator: ",") + "}") == nil)
        for repeated in [0, count / 2, count - 1] {
            let json = "{" + (unique + ["\"key\(repeated)\": null"]).joined(separator: ",") + "}"
            #expect(refusal(of: json)?.contains("duplicate key 'key\(repeated)'") == true)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `many keys take time in proportion`() {
        let json = "{" + (0..<300_000).map { "\"k\($0)\":0" }.joined(separator: ",") + "}"
        #expect(refusal(of: json) == nil)
    }
}
