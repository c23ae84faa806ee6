extension Tape {
    /// As `spec.containers[0].env`; keys that are no plain words stand in brackets and quotes.
    func path(to target: Int, in source: UnsafeBufferPointer<UInt8>) -> String {
        var path = ""
        for step in steps(to: target, in: source) {
            switch step {
            case .member(let key) where Self.isWord(key): path += path.isEmpty ? key : "." + key
            case .member(let key): path += "['\(key)']"
            case .element(let ordinal): path += "[\(ordinal)]"
            }
        }
        return path
    }

    private static func isWord(_ key: String) -> Bool {
        !key.isEmpty
            && key.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
                    || byte == UInt8(ascii: "_")
            }
    }
}
