public import Journal

/// The transactions that put a dump into a store.
public struct LoadPlan: Hashable, Sendable {
    public struct Step: Hashable, Sendable {
        public var transaction: Transaction
        public var durability: Durability
    }

    public private(set) var steps: [Step] = []
    public private(set) var keys = 0
    /// Keys that were volatile in a boot that is over.
    public private(set) var leftOut = 0
    /// Keys that hung on a lease.
    public private(set) var leased = 0
    public private(set) var damaged = 0

    /// `boot`: this one's id. Throws for a damaged value, unless those are to be left out.
    public init(_ dump: DumpFile, _ arguments: LoadArguments, boot: String) throws(Failure) {
        // Those of one revision were written by one transaction, and come in the order of keys.
        let ordered = dump.entries.sorted { ($0.modRevision, $0.key) < ($1.modRevision, $1.key) }
        var revision: Revision?
        var size = 0
        for entry in ordered {
            guard let value = entry.value else {
                guard arguments.skipsDamaged else {
                    throw Failure(
                        "the value of '\(KeyText.string(entry.key.bytes))' was damaged when the dump was made",
                        hint: "--skip-damaged leaves such keys out", exit: .usage)
                }
                damaged += 1
                continue
            }
            // As a program that knew nothing of leases dumped it.
            if entry.key.isReserved { continue }
            if entry.hasLease, !arguments.detaches {
                leased += 1
                continue
            }
            let isStale = entry.isVolatile && (entry.isFromEarlierBoot || dump.boot != boot)
            if isStale, arguments.durability == nil {
                leftOut += 1
                continue
            }
            let durability = arguments.durability ?? (entry.isVolatile ? .volatile : .durable)
            let more = entry.key.bytes.count + value.count
            let put = Operation.put(entry.key, value: value)
            if entry.modRevision == revision, let last = steps.last, last.durability == durability,
                last.transaction.success.count < Transaction.operationLimit, size + more <= Transaction.sizeLimit
            {
                steps[steps.count - 1].transaction.success.append(put)
                size += more
            } else {
                steps.append(Step(transaction: Transaction(then: [put]), durability: durability))
                size = more
            }
            revision = entry.modRevision
            keys += 1
        }
        // Order: asked by the first transaction itself, so that nobody writes between the question and the load.
        if !arguments.mayMerge, !steps.isEmpty { steps[0].transaction.comparisons = [Comparison(.all, .version(0))] }
    }
}
