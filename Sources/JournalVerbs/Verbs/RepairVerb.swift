import CommandSupport

/// The grammar of `repair`.
enum RepairVerb {
    static let options = [Option("dry-run", "n", help: "print what would be accepted, change nothing")] + CheckVerb.options

    static var manual: Manual {
        JournalCommand.verbs.manual(
            synopsis: "repair [OPTIONS]",
            about: """
                Accepts what is lost: reads are no longer marked by it. Nothing is removed and nothing comes back. A control file that is damaged
                is made anew. A damaged value stays marked until its key is put or deleted.
                """,
            options: options,
            examples: [
                ("hull journal repair --dry-run", "see first"), ("hull journal repair", "accept it"),
            ])
    }
}
