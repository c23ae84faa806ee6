public import CommandSupport
public import JournalVerbs

/// One of the verbs of `hull` that work on pods, with what it was given.
public enum PodCommand: Hashable, Sendable {
    case run(RunPodArguments)
    case plan(PlanArguments)
    case list(ListPodsArguments)
    case inspect(InspectPodArguments)
    case logs(LogsArguments)
    case exec(ExecPodArguments)
    case attach(AttachArguments)
    case container(ContainerArguments)
    case stop(StopPodArguments)
    case restart(StopPodArguments)
    case remove(RemovePodArguments)
    case wait(WaitPodArguments)
    case audit(AuditArguments)
    case tree(PodTreeArguments)
    case stats(PodStatsArguments)
    case copy(CopyArguments)
    case forward(ForwardArguments)
    case freeze(WaitPodArguments)
    case thaw(WaitPodArguments)
    case label(LabelArguments)
    case apply(ApplyArguments)
    case config(ConfigArguments)
    case volume(VolumeArguments)
    case resize(ResizePodArguments)
    case history(HistoryPodArguments)
    case events(EventsArguments)
    case why(WhyArguments)
    case recover(RecoverArguments)
    case upgrade(UpgradeArguments)

    public static let verbs = VerbTable(
        program: "hull",
        names: [
            "run", "plan", "ps", "inspect", "logs", "exec", "attach", "stop", "restart", "rm", "wait", "why", "history", "events",
            "tree", "stats", "audit", "cp", "port-forward", "resize", "freeze", "thaw", "label", "container", "apply", "config",
            "volume", "recover", "upgrade",
        ],
        others: ["top": "stats", "ls": "ps", "list": "ps", "start": "restart", "delete": "rm", "remove": "rm"])

    /// The name of a verb by one of the words for it; nil for none of these.
    public static func name(_ word: String) -> String? {
        let name = verbs.others[word] ?? word
        return verbs.names.contains(name) ? name : nil
    }

    /// Reads the words behind a verb, whose options may stand before the verb as well. `store` gets what they say.
    public init(_ name: String, _ reader: consuming ArgumentReader, _ store: inout StoreOptions) throws(UsageError) {
        var verb = Self.verbs.reader(of: name, reader, store)
        self = try Self.parse(name, &verb)
        store = verb.store
    }

    private static func parse(_ name: String, _ verb: inout VerbReader) throws(UsageError) -> PodCommand {
        switch name {
        case "run": return .run(try RunPodVerb.parse(&verb))
        case "plan": return .plan(try PlanVerb.parse(&verb))
        case "ps": return .list(try ListPodsVerb.parse(&verb))
        case "inspect": return .inspect(try InspectPodVerb.parse(&verb))
        case "logs": return .logs(try LogsVerb.parse(&verb))
        case "exec": return .exec(try ExecPodVerb.parse(&verb))
        case "attach": return .attach(try AttachVerb.parse(&verb))
        case "container": return .container(try ContainerVerb.parse(&verb))
        case "stop": return .stop(try StopPodVerb.parse(&verb))
        case "restart": return .restart(try RestartPodVerb.parse(&verb))
        case "rm": return .remove(try RemovePodVerb.parse(&verb))
        case "wait": return .wait(try WaitPodVerb.parse(&verb))
        case "audit": return .audit(try AuditVerb.parse(&verb))
        case "tree": return .tree(try TreeVerb.parse(&verb))
        case "stats": return .stats(try StatsVerb.parse(&verb))
        case "cp": return .copy(try CopyVerb.parse(&verb))
        case "port-forward": return .forward(try ForwardVerb.parse(&verb))
        case "freeze": return .freeze(try FreezeVerb.parse(&verb))
        case "thaw": return .thaw(try FreezeVerb.parse(&verb))
        case "label": return .label(try LabelVerb.parse(&verb))
        case "apply": return .apply(try ApplyVerb.parse(&verb))
        case "config": return .config(try ConfigVerb.parse(&verb))
        case "volume": return .volume(try VolumeVerb.parse(&verb))
        case "resize": return .resize(try ResizePodVerb.parse(&verb))
        case "history": return .history(try HistoryPodVerb.parse(&verb))
        case "events": return .events(try EventsVerb.parse(&verb))
        case "why": return .why(try WhyVerb.parse(&verb))
        case "recover": return .recover(try RecoverVerb.parse(&verb))
        case "upgrade": return .upgrade(try UpgradeVerb.parse(&verb))
        default: throw verbs.unknown(name)
        }
    }

    /// The help of a verb; nil for one that is none of these.
    public static func help(for verb: String) -> String? { manual(for: verb)?.text }

    /// The manual of a verb, likewise.
    public static func manual(for verb: String) -> Manual? {
        switch verb {
        case "run": RunPodVerb.manual
        case "plan": PlanVerb.manual
        case "ps": ListPodsVerb.manual
        case "inspect": InspectPodVerb.manual
        case "logs": LogsVerb.manual
        case "exec": ExecPodVerb.manual
        case "attach": AttachVerb.manual
        case "container": ContainerVerb.manual
        case "stop": StopPodVerb.manual
        case "restart": RestartPodVerb.manual
        case "rm": RemovePodVerb.manual
        case "wait": WaitPodVerb.manual
        case "audit": AuditVerb.manual
        case "tree": TreeVerb.manual
        case "stats": StatsVerb.manual
        case "cp": CopyVerb.manual
        case "port-forward": ForwardVerb.manual
        case "freeze": FreezeVerb.freezeManual
        case "thaw": FreezeVerb.thawManual
        case "label": LabelVerb.manual
        case "apply": ApplyVerb.manual
        case "config": ConfigVerb.manual
        case "volume": VolumeVerb.manual
        case "resize": ResizePodVerb.manual
        case "history": HistoryPodVerb.manual
        case "events": EventsVerb.manual
        case "why": WhyVerb.manual
        case "recover": RecoverVerb.manual
        case "upgrade": UpgradeVerb.manual
        default: nil
        }
    }
}
