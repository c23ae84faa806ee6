import OCISpec
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
            for _ in 0..<Int.random(in: 1...4, using: &random) { mutate(&bytes, &random) }
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

    private func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix) {
        guard !bytes.isEmpty else { return }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<8, using: &random) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 2: bytes.remove(at: place)
        case 3: bytes.insert(UInt8(ascii: "\\"), at: place)
        case 4: bytes.insert(Array("{}[]\",:0-e.tn".utf8).randomElement(using: &random) ?? 0, at: place)
        case 5: bytes.replaceSubrange(place..<min(place + 20, bytes.count), with: [])
        case 6: bytes.insert(contentsOf: bytes[place..<min(place + 40, bytes.count)], at: place)
        default: if Int.random(in: 0..<8, using: &random) == 0 { bytes.removeLast(bytes.count - place) }
        }
    }
}

/// A generator with a seed of our choice (Steele, Lea and Flood, "Fast splittable pseudorandom number generators").
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
