/// The versions of the CNI specification that are spoken here, the oldest first.
enum CNIVersion: String, CaseIterable, Sendable {
    case v030 = "0.3.0"
    case v031 = "0.3.1"
    case v040 = "0.4.0"
    case v100 = "1.0.0"
    case v110 = "1.1.0"

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// CHECK came with 0.4.0, and so did the results that DEL is told.
    var hasCheck: Bool { rank >= 2 }
    /// STATUS and GC came with 1.1.0.
    var hasStatus: Bool { rank >= 4 }

    static func highest(of texts: [String]) -> CNIVersion? {
        texts.compactMap(CNIVersion.init).max { $0.rank < $1.rank }
    }
}
