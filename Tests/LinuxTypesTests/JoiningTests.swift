import LinuxTypes
import Testing

@Suite struct JoiningTests {
    @Test(
        "texts are joined as the standard library does", arguments: [[], [""], ["a"], ["a", "b"], ["", "b", ""], ["/", "/"]])
    func joins(_ parts: [String]) {
        for separator in ["/", ",", ""] { #expect(parts.joined(by: separator) == parts.joined(separator: separator)) }
    }
}
