/// A 64-bit hash, eight bytes a step. Not cryptographic: it finds damage and names files, the key itself decides.
///
/// Each step is a bijection of the state for a given word and of the word for a given state, so two texts of one length that
/// differ within one aligned word never have the same hash.
struct Checksum {
    private(set) var value: UInt64

    init(seed: UInt64) { value = seed }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        let whole = bytes.count & ~7
        for at in stride(from: 0, to: whole, by: 8) { add(bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)) }
        var rest: UInt64 = 0
        for at in whole..<bytes.count { rest |= UInt64(bytes[at]) << UInt64(8 * (at - whole)) }
        add(rest)
        add(UInt64(bytes.count))
    }

    private mutating func add(_ word: UInt64) {
        value = (value ^ word) &* 0x9e37_79b9_7f4a_7c15
        value ^= value >> 32
    }
}
