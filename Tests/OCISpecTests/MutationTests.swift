import OCISpec
import SeededRandom
import StrictTree
import Testing

/// Broken input of every kind is refused or understood, never a crash. The seed is fixed: a failure repeats.
@Suite struct MutationTests {
    @Test(.timeLimit(.minutes(2)), arguments: ["everything.json", "config/good/spec-example.json"])
    func `no change of a valid document brings the decoder down`(name: String) throws {
        let original = try Fixtures.bytes(name)
        var random = SplitMix(state: 0x48756c6c)
        var refused = 0
        for _ in 0..<500 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &random) { random.mutate(json: &bytes) }
            do throws(TreeError) {
                let decoded = try Decoded<Configuration>(from: Document(json: bytes).root)
                // What was understood can be written and understood again.
                #expect(try Decoded<Configuration>(from: Document(json: decoded.value.json()).root).value == decoded.value)
            } catch {
                refused += 1
                if error.message.isEmpty { Issue.record("a refusal without a reason") }
            }
        }
        #expect(refused > 200)
    }

    @Test func `every truncation is refused`() throws {
        let original = try Fixtures.bytes("config/good/minimal-for-start.json")
        let end = original.lastIndex(of: UInt8(ascii: "}")) ?? 0
        for count in 0..<end {
            #expect(throws: TreeError.self) { try Document(json: Array(original[..<count])) }
        }
    }
}
