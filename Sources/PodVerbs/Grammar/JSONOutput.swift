import CommandSupport

/// The option of verbs that print for people, or JSON for programs.
enum JSONOutput {
    static let option = Option("output", "o", value: "FORMAT", help: "json: an object in each line")

    static func isWanted(_ text: String, _ reader: ArgumentReader) throws(UsageError) -> Bool {
        guard text == "json" else { throw reader.wrong("--output is json, not '\(text)'") }
        return true
    }
}
