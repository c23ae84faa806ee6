/// Numbers that a seed repeats, so that a failure can be run again: Steele, Lea and Flood, "Fast splittable pseudorandom number generators".
public struct SplitMix: RandomNumberGenerator {
    public var state: UInt64

    public init(state: UInt64) { self.state = state }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// Changes a JSON text in one place, so that much of what comes of it is still JSON.
    public mutating func mutate(json bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        let place = Int.random(in: 0..<bytes.count, using: &self)
        switch Int.random(in: 0..<8, using: &self) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
        case 1: bytes[place] = UInt8.random(in: 0...255, using: &self)
        case 2: bytes.remove(at: place)
        case 3: bytes.insert(UInt8(ascii: "\\"), at: place)
        case 4: bytes.insert(Array("{}[]\",:0-e.tn".utf8).randomElement(using: &self) ?? 0, at: place)
        case 5: bytes.replaceSubrange(place..<min(place + 20, bytes.count), with: [])
        case 6: bytes.insert(contentsOf: bytes[place..<min(place + 40, bytes.count)], at: place)
        default: if Int.random(in: 0..<8, using: &self) == 0 { bytes.removeLast(bytes.count - place) }
        }
    }
}
