import CommandSupport
import JournalVerbs

/// The grammar of `freeze` and `thaw`.
enum FreezeVerb {
    static func parse(_ verb: inout VerbReader) throws(UsageError) -> WaitPodArguments { try WaitPodVerb.parse(&verb) }

    static var freezeManual: Manual {
        PodCommand.verbs.manual(
            synopsis: "freeze POD…",
            about: """
                Stops every process of pods where it is, by the freezer of their cgroups: they keep their memory, connections and locks, and use no processor.
                'ps' shows them as Frozen, 'inspect' since when. Stopping, restarting or removing a frozen pod thaws it first.
                """,
            options: [], examples: [("hull freeze batch && hull thaw batch", "make room for a while")])
    }

    static var thawManual: Manual {
        PodCommand.verbs.manual(
            synopsis: "thaw POD…",
            about: "Lets the processes of frozen pods go on. Thawing a pod that is not frozen is no failure.",
            options: [], examples: [("hull thaw batch", "it goes on where it was")])
    }
}
