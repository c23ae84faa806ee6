import PodRecords
import SeededRandom
import Testing

/// The identity of a pod is a name of a file, and nothing else.
@Suite struct PodUIDTests {
    @Test(arguments: ["a", "0", "a-b", "3f1c6a52-9d0e-4c3b-8a11-000000000001", String(repeating: "x", count: 63)])
    func `these are uids`(text: String) { #expect(PodUID(text)?.string == text) }

    @Test(
        arguments: [
            "", "-", "-a", "a-", "A", "a.b", ".", "..", "a/b", "a b", "a\n", "ä", "a\0", "%2e", "a_b",
            String(repeating: "x", count: 64),
        ])
    func `these are none`(text: String) { #expect(PodUID(text) == nil) }

    @Test func `random ones are of version 4`() {
        #expect(
            PodUID(random: [UInt8](repeating: 0xff, count: 16)).string == "ffffffff-ffff-4fff-bfff-ffffffffffff")
        #expect(PodUID(random: []).string == "00000000-0000-4000-8000-000000000000")
        var random = SplitMix(state: 1)
        for _ in 0..<100 {
            let uid = PodUID(random: (0..<20).map { _ in UInt8.random(in: 0...255, using: &random) })
            #expect(PodUID(uid.string) == uid)
            #expect(uid.short.count == 8)
        }
    }
}
