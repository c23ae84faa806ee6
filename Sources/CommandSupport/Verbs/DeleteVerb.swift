/// What `delete` was given.
public struct DeleteArguments: Hashable, Sendable {
    public var containers: ContainerSelection
    /// Kill what runs; an unknown ID is no error.
    public var force: Bool
}

/// The grammar of `delete`.
enum DeleteVerb {
    static let options = [
        Option("force", "f", help: "kill a running container first; an unknown ID is no error"),
        Option("regex", help: "the ID is an extended regular expression: delete all containers that match"),
    ]

    static func parse(_ reader: inout ArgumentReader) throws(UsageError) -> Command {
        var force = false
        var isPattern = false
        var id: String?
        while let token = try reader.read(options) {
            switch token {
            case .flag("force", let on): force = on
            case .flag("regex", let on): isPattern = on
            case .operand(let word):
                guard id == nil else { throw reader.tooMany(word) }
                id = word
            default: break
            }
        }
        let selection = try ContainerSelection(try reader.required(id), isPattern: isPattern)
        return .delete(DeleteArguments(containers: selection, force: force))
    }

    static var manual: Manual {
        Manual(
            synopsis: "delete [OPTIONS] ID",
            about: "Removes a stopped container, or a created one, which is killed first, with all that was made for it.",
            options: options,
            examples: [
                ("hull-runtime delete web", "remove a container that has ended"),
                ("hull-runtime delete --force --regex 'job-[0-9]+'", "remove all of a kind, whatever they do"),
            ])
    }
}
