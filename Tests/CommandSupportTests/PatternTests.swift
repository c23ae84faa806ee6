import CommandSupport
import Testing

@Suite struct PatternTests {
    @Test(arguments: [
        ("web", "my-web-1", true), ("^web", "my-web", false), ("web$", "my-web", true), ("^a.c$", "abc", true),
        ("^a.c$", "ac", false),
        ("^a*b$", "aaab", true), ("^a+b$", "b", false), ("^ab?c$", "ac", true), ("^(ab|cd)+$", "abcdab", true),
        ("^(ab|cd)+$", "abc", false),
        ("^[a-c]{2,3}$", "abc", true), ("^[a-c]{2,3}$", "abca", false), ("^[a-c]{2,}$", "abcabc", true), ("^x{2}$", "xx", true),
        ("^x{2}$", "xxx", false),
        ("^[^0-9]+$", "abc", true), ("^[^0-9]+$", "ab1", false), ("^[]a]$", "]", true), ("^[a-]$", "-", true),
        ("a\\.b", "a.b", true),
        ("a\\.b", "axb", false), ("", "x", true), ("^$", "", true), ("^(a|)$", "", true), ("x|y", "zzy", true),
        ("^((a*)*)*$", "aaaa", true),
        ("^((a*)*)*$", "aaab", false), ("job-[0-9]+", "job-12", true),
    ])
    func matches(_ pattern: String, _ text: String, _ expected: Bool) throws {
        #expect(try Pattern(pattern).matches(text) == expected)
    }

    @Test(arguments: [
        "(", ")", "a)", "[a", "[", "*a", "+", "a{", "a{2", "a{3,2}", "a{256}", "a{x}", "\\", "\\d", "[[:digit:]]", "[z-a]",
        String(repeating: "(", count: 40),
    ])
    func whatIsNoPatternIsRefused(_ pattern: String) { #expect(throws: PatternError.self) { try Pattern(pattern) } }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: ["^(a*)*$", "^(a|a)*b$", "^((a{0,255}){0,255}){0,255}b$", "^((){255}){255}$", "^(((a?){255}){255}){255}b"])
    func noPatternTakesForever(_ pattern: String) throws {
        #expect(try !Pattern(pattern).matches(String(repeating: "a", count: 254) + "c"))
    }
}
