/// Comments of elements and tables as `nft` keeps them: type 0, length, text with its NUL.
enum FilterComment {
    /// What is longer than 253 bytes is cut.
    static func encoded(_ comment: String) -> [UInt8] {
        let text = Array(comment.utf8.prefix(253)) + [0]
        return [0, UInt8(text.count)] + text
    }

    /// nil for none.
    static func decoded(_ userData: ArraySlice<UInt8>) -> String? {
        guard userData.count >= 2 else { return nil }
        let bytes = Array(userData)
        guard bytes[0] == 0, Int(bytes[1]) <= bytes.count - 2 else { return nil }
        return String(validating: bytes[2..<(2 + Int(bytes[1]))].prefix { $0 != 0 }, as: UTF8.self)
    }
}
