/// The grammar of `features`.
enum FeaturesVerb {
    static func parse(_ reader: inout ArgumentReader) throws(UsageError) {
        while let token = try reader.read([]) {
            if case .operand(let word) = token { throw reader.tooMany(word) }
        }
    }

    static var manual: Manual {
        Manual(
            synopsis: "features",
            about: "Prints what this runtime knows as JSON, in the form of the runtime specification's features document.",
            options: [],
            examples: [("hull-runtime features", "what can it do?")])
    }
}
