import SeededRandom
import StrictTree
import Testing
import YAMLTree

/// Texts made to hurt are refused or read, in time that their length bounds, and never a crash.
@Suite struct HostileTests {
    private static func repeated(_ text: String) -> String {
        String(repeating: text, count: (1 << 17) / text.utf8.count)
    }

    @Test(
        .timeLimit(.minutes(2)),
        arguments: [
            "[", "a: [", "- ", "? ", "- - ", "{a: ", "&a ", "*a ", "!!str ", "'", "\"", "|\n", "---\n", "...\n", "%TAG !e! x\n",
            "#\n", "a: b\n", ": ", ",", "\n", " ",
            "\t", "&a [", "a:\n ", "[*a,", "<<: ", "? a\n", "- &a\n", "\u{feff}", "\\", "\"\\x41", "é", "x: &x {<<: *x}\n",
            "%YAML 1.1\n---\n",
        ])
    func `a hundred kilobytes of the same`(text: String) {
        for prefix in ["", "a: &a b\nc: ", "- [", "v: \""] {
            do throws(TreeError) {
                _ = try Document.documents(yaml: Array((prefix + Self.repeated(text)).utf8))
            } catch {
                if error.message.isEmpty { Issue.record("a refusal without a reason") }
            }
        }
    }

    @Test func `the limits hold`() {
        #expect(refusal(of: "- 1\n- 2\n- 3", limits: Limits(maxNodes: 3))?.hasPrefix("the text has more than 3 values") == true)
        #expect(refusal(of: "a\n--- b\n--- c\n--- d", limits: Limits(maxNodes: 3)) != nil)
        #expect(
            refusal(of: "- - - 1", limits: Limits(maxDepth: 2))
                == "sequences and mappings are nested more than 2 deep (line 1, column 5)")
        #expect(refusal(of: "abcd", limits: Limits(maxBytes: 3)) == "the document has 4 bytes, more than 3")
    }

    @Test func `no change of a text brings the reader down`() throws {
        let original = Array(
            """
            %YAML 1.1
            ---
            base: &base {a: 1, "b\\u00e9": 'two', c: [x, *no, ~]}
            copy: { <<: *base, d: !!str 5 }
            text: |+
              lines
                more

            folded: >-
              é 日本 😀
              "x"
            ? key
            : - 0x1F
              - 1.5e3
              - !!int '7'
              - on
            --- # next
            - - a
              - b: c
            ...
            """.replacing(", *no", with: "").utf8)
        #expect(throws: Never.self) { try Document.documents(yaml: original) }
        let run = FuzzRun()
        var random = run.random
        var read = 0
        var refused = 0
        while !run.isOver {
            var bytes = original
            for _ in 0..<Int.random(in: 1...6, using: &random) { mutate(&bytes, &random) }
            do throws(TreeError) {
                for document in try Document.documents(yaml: bytes) {
                    // What was understood can be written as JSON and understood again.
                    let text = canonical(document.root)
                    let again = try Document(json: Array(text.utf8)).root
                    if canonical(again) != text { Issue.record("seed \(run.seed): \(text)") }
                    _ = document.root.position
                }
                read += 1
            } catch {
                refused += 1
                if error.message.isEmpty { Issue.record("a refusal without a reason") }
            }
        }
        #expect(read > 20 && refused > 20)
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix) {
        guard !bytes.isEmpty, Bool.random(using: &random) else { return random.mutate(json: &bytes) }
        let parts = [
            "&a ", "*a", "*base", "<<: ", "- ", "? ", ": ", "|", ">", "\n", "  ", "!!str ", "! ", "---\n", "...\n", "#", "%", "'",
            "\"", "\t", "\u{feff}", "\u{85}", "\u{2028}", "\r",
        ]
        let place = Int.random(in: 0...bytes.count, using: &random)
        bytes.insert(contentsOf: Array((parts.randomElement(using: &random) ?? "").utf8), at: place)
    }
}
