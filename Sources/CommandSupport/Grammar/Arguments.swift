/// The words of the command line.
public enum Arguments {
    /// Those after the program's name. Throws for one that is not UTF-8: repaired it would name something else.
    public static func words() throws(UsageError) -> [String] {
        var words: [String] = []
        let count = Int(CommandLine.argc)
        words.reserveCapacity(count)
        for index in 1..<max(count, 1) {
            guard let bytes = CommandLine.unsafeArgv[index] else { break }
            guard let word = String(validatingCString: bytes) else {
                throw .wrong("argument \(index) is not UTF-8: '\(String(cString: bytes))'", hint: nil)
            }
            words.append(word)
        }
        return words
    }
}
