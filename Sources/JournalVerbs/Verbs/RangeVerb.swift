import CommandSupport

/// The help of `range`, whose grammar is that of `get` with `--prefix`.
enum RangeVerb {
    static var manual: Manual {
        JournalCommand.verbs.manual(
            synopsis: "range [OPTIONS] [PREFIX [RANGE_END]]",
            about: """
                Lists the keys that begin with PREFIX with their values; all keys where there is no PREFIX. 'ls' is the same. Ends with 0
                also where there are none.
                """,
            options: GetVerb.options,
            examples: [
                ("hull journal range /sandboxes/ -o table", "all below, with revisions"),
                ("hull journal ls / --keys-only --order descend --limit 10", "the last ten keys"),
                ("hull journal --root /run/hull/oci ls /", "the journal of hull-runtime"),
            ])
    }
}
