import StrictTree
import Testing

@Suite struct LocationTests {
    static let json = """
        {
          "process": {
            "args": ["sh", 7],
            "é/~": {"ok": true}
          },
          "list": [[], [1, [2, {"deep": null}]]]
        }
        """

    @Test func `an error names expectation, finding, pointer and place`() throws {
        let args = try tree(Self.json).member("process")?.member("args")
        #expect(
            failure { () throws(TreeError) in try args?.strings }
                == "/process/args/1: expected a string, found 7 (line 3, column 20)")
        #expect(
            failure { () throws(TreeError) in try args?.members }
                == "/process/args: expected an object, found an array (line 3, column 13)")
        let root = try tree(Self.json)
        #expect(failure { () throws(TreeError) in try root.array } == "expected an array, found an object (line 1, column 1)")
        #expect(failure { () throws(TreeError) in try root.bool } == "expected a boolean, found an object (line 1, column 1)")
    }

    @Test func `pointers escape slashes and tildes, columns count characters`() throws {
        let odd = try tree(Self.json).member("process")?.member("é/~")
        #expect(odd?.pointer == "/process/é~1~0")
        #expect(try odd?.member("ok")?.pointer == "/process/é~1~0/ok")
        #expect(try odd?.member("ok")?.position == Position(line: 4, column: 19))
    }

    @Test func `every value of a tree has the pointer that leads to it`() throws {
        func check(_ value: Value, _ pointer: String) throws {
            #expect(value.pointer == pointer)
            switch value.kind {
            case .array: for (index, element) in try value.array.enumerated() { try check(element, "\(pointer)/\(index)") }
            case .object:
                for member in try value.members {
                    let key = try member.key == "é/~" ? "é~1~0" : member.key
                    try check(member.value, "\(pointer)/\(key)")
                }
            default: break
            }
        }
        try check(tree(Self.json), "")
    }

    @Test func `a kind is named with what stands there`() throws {
        for (json, found) in [("null", "null"), ("true", "true"), ("\"x\"", "a string"), ("[]", "an array"), ("1e400", "1e400")] {
            let value = try tree("[\(json)]").array.first { _ in true }
            #expect(
                failure { () throws(TreeError) in try value?.members }
                    == "/0: expected an object, found \(found) (line 1, column 2)")
        }
    }
}
