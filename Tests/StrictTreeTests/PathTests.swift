import StrictTree
import Testing

@Suite struct PathTests {
    static let json = #"{"spec": {"list": [{"a-b": 1}, [2]]}, "labels": {"example.com/role": "x", "": "y", "it's": "z"}}"#

    @Test func `paths are written as Kubernetes writes them, and lead back`() throws {
        let root = try tree(Self.json)
        #expect(root.path == "")
        var paths: [String] = []
        func visit(_ value: Value) throws {
            paths.append(value.path)
            #expect(root.descendant(value.path)?.pointer == value.pointer)
            switch value.kind {
            case .object: for member in try value.members { try visit(member.value) }
            case .array: for element in try value.array { try visit(element) }
            default: break
            }
        }
        try visit(root)
        #expect(
            paths == [
                "", "spec", "spec.list", "spec.list[0]", "spec.list[0].a-b", "spec.list[1]", "spec.list[1][0]", "labels",
                "labels['example.com/role']", "labels['']", "labels['it's']",
            ])
    }

    @Test(arguments: [
        "x", "spec.x", "spec.list[2]", "spec.list[-1]", "spec.list[x]", "spec.list[0", "spec[0]", "labels['x", "spec..list",
        "[0]", "spec.list.a",
    ])
    func `a path that leads nowhere is nil`(path: String) throws {
        #expect(try tree(Self.json).descendant(path) == nil)
    }

    @Test func `a value is written out in canonical form`() throws {
        let value = try tree(
            #"{"b": [1.50, null, true, {"y": null, "x": "\u0000\n"}], "a": -0, "é": 12345678901234567890, "B": {}}"#)
        var json = JSONWriter()
        json.canonicalElement(value)
        #expect(json.string == #"{"B":{},"a":-0,"b":[1.50,null,true,{"x":"\u0000\n"}],"é":12345678901234567890}"#)
        #expect(value.sortedMembers.map(\.anyKey) == ["B", "a", "b", "é"])
        #expect(try value.member("a")?.numberText == "-0")
        #expect(try value.member("B")?.isEmpty == true && value.member("b")?.isEmpty == false)
    }
}
