/// The resources of `setrlimit(2)`. Raw values are the kernel's numbers.
public enum ResourceLimitKind: Int32, CaseIterable, Hashable, Sendable {
    case cpu, fsize, data, stack, core, rss, nproc, nofile, memlock, addressSpace, locks, sigpending, msgqueue, nice, rtprio,
        rttime

    /// The name in an OCI configuration, as `RLIMIT_NOFILE`. Spelled out: reflection would cost a start a tenth of a millisecond.
    public var specName: String {
        switch self {
        case .cpu: "RLIMIT_CPU"
        case .fsize: "RLIMIT_FSIZE"
        case .data: "RLIMIT_DATA"
        case .stack: "RLIMIT_STACK"
        case .core: "RLIMIT_CORE"
        case .rss: "RLIMIT_RSS"
        case .nproc: "RLIMIT_NPROC"
        case .nofile: "RLIMIT_NOFILE"
        case .memlock: "RLIMIT_MEMLOCK"
        case .addressSpace: "RLIMIT_AS"
        case .locks: "RLIMIT_LOCKS"
        case .sigpending: "RLIMIT_SIGPENDING"
        case .msgqueue: "RLIMIT_MSGQUEUE"
        case .nice: "RLIMIT_NICE"
        case .rtprio: "RLIMIT_RTPRIO"
        case .rttime: "RLIMIT_RTTIME"
        }
    }

    public init?(specName: String) {
        guard let kind = Self.allCases.first(where: { $0.specName == specName }) else { return nil }
        self = kind
    }
}
