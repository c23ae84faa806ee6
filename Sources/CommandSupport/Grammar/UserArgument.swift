/// `UID[:GID]`, as `exec --user` takes it: numbers, for a runtime does not read the container's passwd.
public struct UserArgument: Hashable, Sendable {
    public let uid: UInt32
    public let gid: UInt32?

    /// Throws for names, signs, spaces and numbers above 4294967294, which stands for no user.
    public init(parsing text: String) throws(UsageError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        uid = try Self.id(String(parts[0]), in: text)
        gid = parts.count == 2 ? try Self.id(String(parts[1]), in: text) : nil
    }

    private static func id(_ part: String, in text: String) throws(UsageError) -> UInt32 {
        guard let id = UInt32(strictDecimal: part), id != UInt32.max else {
            throw .wrong(
                "--user '\(text)' is not UID[:GID]", hint: "numbers are needed: a runtime does not know the container's names")
        }
        return id
    }
}
