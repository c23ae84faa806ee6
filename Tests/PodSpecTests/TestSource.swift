import Foundation

/// The tests of a suite as their source says them: title, and text with that of the suite's own helpers that they name.
struct TestSource {
    let title: String
    private let words: Set<Substring>

    private init(title: String, text: String) {
        self.title = title
        words = Self.words(text)
    }

    private static func words(_ text: String) -> Set<Substring> { Set(text.split { !($0.isLetter || $0.isNumber || $0 == "_") }) }

    /// Whether the source says a field's name.
    func names(_ field: String) -> Bool { words.contains(Substring(field)) }

    /// In the order of the file.
    static func all(in file: URL) throws -> [TestSource] {
        let members = members(try String(contentsOf: file, encoding: .utf8))
        let helpers = members.filter { !$0.contains("@Test") }.compactMap { text in name(text).map { (name: $0, text: text) } }
        return members.filter { $0.contains("@Test") }.compactMap { text in
            guard let title = title(text) else { return nil }
            let words = words(text)
            let used = helpers.filter { words.contains(Substring($0.name)) }
            return TestSource(title: title, text: ([text] + used.map(\.text)).joined(separator: "\n"))
        }
    }

    /// What stands one level deep in a file, each with its attributes.
    private static func members(_ source: String) -> [String] {
        var members: [String] = []
        for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
            let begins = line.firstMatch(of: /^    (@Test|(private |static |func |let |var )+)/) != nil
            let continues = members.last.map { $0.contains("@Test") && name($0) == nil } ?? false
            if begins && !continues { members.append("") }
            if !members.isEmpty { members[members.count - 1] += line + "\n" }
        }
        return members
    }

    private static func name(_ member: String) -> String? {
        guard let found = member.firstMatch(of: /(?m)^    (?:private |static )*(?:func|let|var) (?:`([^`]+)`|(\w+))/) else {
            return nil
        }
        return String(found.1 ?? found.2 ?? "")
    }

    private static func title(_ member: String) -> String? {
        member.firstMatch(of: /@Test\(\s*"((?:[^"\\]|\\.)*)"/).map { String($0.1) } ?? name(member)
    }
}
