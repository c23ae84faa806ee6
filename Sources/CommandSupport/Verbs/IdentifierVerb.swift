/// The grammar of `start` and `state`, which take a container ID and nothing else.
enum IdentifierVerb {
    static func parse(_ reader: inout ArgumentReader) throws(UsageError) -> String {
        var id: String?
        while let token = try reader.read([]) {
            guard case .operand(let word) = token else { continue }
            guard id == nil else { throw reader.tooMany(word) }
            id = word
        }
        return try reader.required(id)
    }

    static var start: Manual {
        Manual(
            synopsis: "start ID", about: "Lets the program of a created container run. Returns when it was executed.",
            options: [],
            examples: [("hull-runtime start web", "start what 'create' made")])
    }

    static var state: Manual {
        Manual(
            synopsis: "state ID",
            about: "Prints the state of a container as JSON: its status, the pid of its init (0 when stopped), its bundle.",
            options: [],
            examples: [("hull-runtime state web", "look at a container")])
    }
}
